import type { Image } from "../inventory/image.ts";
import { isStopped, type Use } from "../inventory/image-use.ts";
import { compileGlob } from "./glob.ts";
import { momentOf } from "./image-age.ts";
import {
  compileReferencePattern,
  compileRepositoryPattern,
  type NameParts,
} from "./name-pattern.ts";
import type { Match } from "./policy.ts";

/** One name of an image (or the image itself, when it has none), as rules see it. */
export interface Candidate {
  readonly image: Image;
  /** Undefined for an image known by neither tag nor digest name. */
  readonly name: NameParts | undefined;
  readonly uses: readonly Use[];
  readonly dangling: boolean;
}

/** What a match needs besides the candidate. */
export interface MatchContext {
  readonly nowMs: number;
  /** Build time of the image that a text means, in ms; undefined when unknown. */
  readonly createdMsOf: (imageText: string) => number | undefined;
}

/** Undefined: it cannot be told, because a time is unknown. `not` leaves that as it is, so that nothing goes by it. */
export type Answer = boolean | undefined;

export type Matcher = (candidate: Candidate) => Answer;

/** Compiles a match. All its fields must hold. Three-valued: what is false whatever the unknown may be is false. */
export function compileMatch(match: Match, context: MatchContext): Matcher {
  const tests: Matcher[] = [];
  const onName = (test: (name: NameParts) => boolean): void => {
    tests.push(({ name }) => name !== undefined && test(name));
  };
  if (match.reference !== undefined) onName(compileReferencePattern(match.reference));
  if (match.repository !== undefined) onName(compileRepositoryPattern(match.repository));
  if (match.registry !== undefined) {
    const glob = compileGlob(match.registry);
    onName(({ registry }) => glob(registry));
  }
  if (match.tag !== undefined) {
    const glob = compileGlob(match.tag);
    onName(({ tag }) => tag !== undefined && glob(tag));
  }
  if (match.label !== undefined) tests.push(compileLabel(match.label));
  if (match.state !== undefined) tests.push(STATES[match.state]);
  if (match.platform !== undefined) {
    const glob = compileGlob(match.platform);
    tests.push(({ image }) => image.platforms.some(glob));
  }
  const { largerThanBytes, smallerThanBytes, olderThan } = match;
  if (largerThanBytes !== undefined) tests.push(({ image }) => image.sizeBytes > largerThanBytes);
  if (smallerThanBytes !== undefined) tests.push(({ image }) => image.sizeBytes < smallerThanBytes);
  if (olderThan !== undefined) {
    tests.push(({ image }) => {
      const moment = momentOf(image, "active");
      return moment === undefined ? undefined : context.nowMs - moment.atMs > olderThan;
    });
  }
  if (match.createdBefore !== undefined)
    tests.push(compileCreated(match.createdBefore, context, (own, other) => own < other));
  if (match.createdAfter !== undefined)
    tests.push(compileCreated(match.createdAfter, context, (own, other) => own > other));
  if (match.all !== undefined) tests.push(...match.all.map((part) => compileMatch(part, context)));
  if (match.any !== undefined)
    tests.push(
      oneOf(
        match.any.map((part) => compileMatch(part, context)),
        true,
      ),
    );
  if (match.not !== undefined) {
    const inner = compileMatch(match.not, context);
    tests.push((candidate) => negate(inner(candidate)));
  }
  return oneOf(tests, false);
}

/** Answers `decisive` as soon as one test does (`some` for true, `every` for false); unknown when one was and none did. */
function oneOf(tests: readonly Matcher[], decisive: boolean): Matcher {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (candidate) => {
    let unknown = false;
    for (const test of tests) {
      const answer = test(candidate);
      if (answer === decisive) return decisive;
      if (answer === undefined) unknown = true;
    }
    return unknown ? undefined : !decisive;
  };
}

function negate(answer: Answer): Answer {
  return answer === undefined ? undefined : !answer;
}

const STATES: Readonly<Record<NonNullable<Match["state"]>, Matcher>> = {
  untagged: ({ image }) => image.references.length === 0,
  dangling: ({ dangling }) => dangling,
  unused: ({ uses }) => uses.length === 0,
  stopped: ({ uses }) => uses.length > 0 && !uses.some(isRunning),
  running: ({ uses }) => uses.some(isRunning),
};

function isRunning(use: Use): boolean {
  return use.kind === "service" || !isStopped(use);
}

/** Compiles `key` or `key=value`, both globs; also for labels of containers, volumes and networks. */
export function compileLabelTest(
  text: string,
): (labels: Readonly<Record<string, string>>) => boolean {
  const equals = text.indexOf("=");
  const key = compileGlob(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? undefined : compileGlob(text.slice(equals + 1));
  return (labels) =>
    Object.entries(labels).some(([k, v]) => key(k) && (value === undefined || value(v)));
}

function compileLabel(text: string): Matcher {
  const test = compileLabelTest(text);
  return ({ image }) => test(image.labels);
}

function compileCreated(
  other: string,
  context: MatchContext,
  holds: (own: number, other: number) => boolean,
): Matcher {
  const otherMs = context.createdMsOf(other);
  return ({ image }) => {
    const own = momentOf(image, "created");
    return own === undefined || otherMs === undefined ? undefined : holds(own.atMs, otherMs);
  };
}
