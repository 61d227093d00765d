import type { Image } from "../inventory/image.ts";
import { isStopped, type Use } from "../inventory/image-use.ts";
import { momentOf } from "./image-age.ts";
import { compileLabelTest } from "./label-test.ts";
import type { PolicyLibraries } from "./libraries.ts";
import {
  compileReferencePatterns,
  compileRepositoryPatterns,
  oncePerRepository,
  type NameParts,
} from "./name-pattern.ts";
import { compilePatterns } from "./pattern.ts";
import type { Match } from "./policy.ts";
import { compileTagPatterns } from "./tag-pattern.ts";

/** One name of an image (or the image itself, when it has none), as rules see it. */
export interface Candidate {
  readonly image: Image;
  /** Undefined for an image known by neither tag nor digest name. */
  readonly name: NameParts | undefined;
  readonly uses: readonly Use[];
  readonly dangling: boolean;
  /** One for each name that the image has in the same repository, this one among them. */
  readonly siblings: readonly Candidate[];
}

/** What a match needs besides the candidate. */
export interface MatchContext {
  readonly nowMs: number;
  readonly targetName: string;
  readonly libraries: PolicyLibraries;
  /** Build time of the image that a text means, in ms; undefined when unknown. */
  readonly createdMsOf: (imageText: string) => number | undefined;
}

/** Undefined: it cannot be told, because a time is unknown. `not` leaves that as it is, so that nothing goes by it. */
export type Answer = boolean | undefined;

export type Matcher = (candidate: Candidate) => Answer;

/** Compiles a match. All its fields must hold. Three-valued: what is false whatever the unknown may be is false. */
export function compileMatch(match: Match, context: MatchContext): Matcher {
  const { libraries } = context;
  const tests: Matcher[] = [];
  const onName = (test: (name: NameParts) => boolean): void => {
    tests.push(({ name }) => name !== undefined && test(name));
  };
  if (match.target !== undefined) {
    const holds = compilePatterns(match.target, libraries)(context.targetName);
    tests.push(() => holds);
  }
  if (match.registry !== undefined) {
    const test = compilePatterns(match.registry, libraries);
    onName(oncePerRepository(({ registry }) => test(registry)));
  }
  if (match.repository !== undefined) {
    const forms = match.registry === undefined ? "any" : "path";
    const test = compileRepositoryPatterns(match.repository, libraries, forms);
    onName(oncePerRepository(test));
  }
  if (match.reference !== undefined) onName(compileReferencePatterns(match.reference, libraries));
  if (match.tag !== undefined) {
    const test = compileTagPatterns(match.tag, libraries);
    onName(({ tag }) => tag !== undefined && test(tag));
  }
  if (match.state !== undefined) tests.push(STATES[match.state]);
  if (match.digest !== undefined) {
    const test = compilePatterns(match.digest, libraries);
    tests.push(({ image }) => test(image.id));
  }
  if (match.label !== undefined) {
    const test = compileLabelTest(match.label, libraries);
    tests.push(({ image }) => test(image.labels));
  }
  if (match.platform !== undefined) {
    const test = compilePatterns(match.platform, libraries);
    tests.push(({ image }) => image.platforms.some(test));
  }
  if (match.namesAtLeast !== undefined) {
    const { namesAtLeast } = match;
    tests.push(({ image }) => image.references.length >= namesAtLeast);
  }
  const { largerThanBytes, smallerThanBytes, olderThan } = match;
  if (largerThanBytes !== undefined) tests.push(({ image }) => image.sizeBytes > largerThanBytes);
  if (smallerThanBytes !== undefined) tests.push(({ image }) => image.sizeBytes < smallerThanBytes);
  if (olderThan !== undefined) {
    const by = match.by ?? "active";
    tests.push(({ image }) => {
      const moment = momentOf(image, by);
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
  if (match.anyName !== undefined) tests.push(compileAnyName(compileMatch(match.anyName, context)));
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

function compileAnyName(inner: Matcher): Matcher {
  return (candidate) => {
    let unknown = false;
    for (const sibling of candidate.siblings) {
      const answer = inner(sibling);
      if (answer === true) return true;
      if (answer === undefined) unknown = true;
    }
    return unknown ? undefined : false;
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
  referrer: ({ image }) => image.subject !== undefined,
};

function isRunning(use: Use): boolean {
  return use.kind === "service" || !isStopped(use);
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
