import { familiarName } from "../../oci/reference.ts";
import { formatDuration } from "../../policy/duration.ts";
import { momentOf } from "../../policy/image-age.ts";
import {
  compileMatch,
  type Answer,
  type Candidate,
  type MatchContext,
} from "../../policy/match.ts";
import { listOf } from "../../policy/pattern.ts";
import type { Age, Match } from "../../policy/policy.ts";
import { formatSize } from "../../policy/size.ts";
import { sayMoment, sayUses } from "../reason.ts";

/** A field of a match by the name it has in `Match`; `by` belongs to `olderThan`. */
export type MatchField = Exclude<keyof Match, "by">;
type GroupField = "any" | "all" | "not" | "anyName";
type LeafField = Exclude<MatchField, GroupField>;

/** What one field of a match asked of a candidate, and what it met. */
export type FieldFinding = LeafFinding | GroupFinding;

export interface LeafFinding {
  readonly field: LeafField;
  /** Undefined: it cannot be told. */
  readonly answer: Answer;
  /** What the policy asks for: a pattern, several with `or` between them, a size, a duration. */
  readonly asked: string;
  /** What was there; absent where there is nothing of the kind, or it is not known. */
  readonly found?: string;
}

export interface GroupFinding {
  readonly field: GroupField;
  readonly answer: Answer;
  /** The matches that stand in it; of `anyName`, the one for each of the names. */
  readonly parts: readonly MatchFinding[];
}

/** A whole match, field by field. */
export interface MatchFinding {
  readonly answer: Answer;
  readonly fields: readonly FieldFinding[];
}

/** Compares a candidate with a match field by field. Each answer is the one by which is decided. */
export function explainMatch(
  match: Match,
  candidate: Candidate,
  context: MatchContext,
): MatchFinding {
  const answerTo = (part: Match): Answer => compileMatch(part, context)(candidate);
  const fields: FieldFinding[] = [];
  const leaf = <F extends LeafField>(field: F, { ask, find }: Look<F>): void => {
    const value = match[field];
    if (value === undefined) return;
    const answer = answerTo({ [field]: value, ...alongside(field, match) });
    const asked = ask(value);
    const found = find(candidate, context, match);
    fields.push({ field, asked, ...(found === undefined ? {} : { found }), answer });
  };
  for (const field of LEAVES) leaf(field, LOOKS[field] as Look<typeof field>);
  const group = (field: GroupField, parts: readonly MatchFinding[]): void => {
    fields.push({ field, parts, answer: answerTo({ [field]: match[field] }) });
  };
  for (const field of ["all", "any", "not"] as const) {
    const inner = match[field];
    if (inner === undefined) continue;
    group(
      field,
      listOf(inner).map((part) => explainMatch(part, candidate, context)),
    );
  }
  const { anyName } = match;
  if (anyName !== undefined) {
    group(
      "anyName",
      candidate.siblings.map((name) => explainMatch(anyName, name, context)),
    );
  }
  return { answer: answerTo(match), fields };
}

/** What else of the match says how a field is read. */
function alongside(field: LeafField, { by, registry }: Match): Match {
  if (field === "olderThan" && by !== undefined) return { by };
  // Beside any registry at all, a repository is compared as it is beside the one that is asked for.
  return field === "repository" && registry !== undefined ? { registry: "**" } : {};
}

/** How what a field asks for is written, and where it looks. */
interface Look<F extends LeafField> {
  readonly ask: (value: NonNullable<Match[F]>) => string;
  readonly find: (candidate: Candidate, context: MatchContext, match: Match) => string | undefined;
}

const LOOKS: { readonly [F in LeafField]: Look<F> } = {
  target: { ask: either, find: (_, { targetName }) => targetName },
  registry: { ask: either, find: ({ name }) => name?.registry },
  repository: {
    ask: either,
    find: ({ name }) => name && familiarName(`${name.registry}/${name.repository}`),
  },
  reference: { ask: either, find: ({ name }) => name && familiarName(name.name) },
  tag: { ask: either, find: ({ name }) => name?.tag },
  state: { ask: (state) => state, find: findState },
  label: { ask: either, find: findLabels },
  digest: { ask: either, find: ({ image }) => image.id },
  platform: {
    ask: either,
    find: ({ image }) => (image.platforms.length === 0 ? undefined : image.platforms.join(", ")),
  },
  namesAtLeast: {
    ask: (least) => `at least ${least} tags`,
    find: ({ image }) => String(image.references.length),
  },
  largerThanBytes: { ask: formatSize, find: findSize },
  smallerThanBytes: { ask: formatSize, find: findSize },
  olderThan: {
    ask: formatDuration,
    find: (candidate, context, { by }) => findMoment(candidate, context, by ?? "active"),
  },
  createdBefore: { ask: String, find: findBuilt },
  createdAfter: { ask: String, find: findBuilt },
};

const LEAVES = Object.keys(LOOKS) as readonly LeafField[];

type OnePattern = string | { readonly semver: string };

function either(patterns: OnePattern | readonly OnePattern[]): string {
  return listOf(patterns)
    .map((each) => (typeof each === "string" ? `\`${each}\`` : `a version in \`${each.semver}\``))
    .join(" or ");
}

function findState({ image, uses, dangling }: Candidate): string {
  const use = uses.length === 0 ? "in use by nothing" : sayUses(uses);
  if (dangling) return `dangling, ${use}`;
  return image.references.length === 0 ? `untagged, ${use}` : `tagged, ${use}`;
}

/** All its labels may be dozens: those with the keys that are asked for. */
function findLabels({ image }: Candidate, _: MatchContext, { label }: Match): string | undefined {
  const keys = new Set(listOf(label ?? []).map((pattern) => pattern.replace(/=.*$/s, "")));
  const found = Object.entries(image.labels).filter(([key]) => keys.has(key));
  return found.length === 0 ? undefined : found.map(([key, value]) => `${key}=${value}`).join(", ");
}

function findSize({ image }: Candidate): string {
  return formatSize(image.sizeBytes);
}

function findMoment({ image }: Candidate, { nowMs }: MatchContext, by: Age): string | undefined {
  const moment = momentOf(image, by);
  return moment && sayMoment(moment, nowMs);
}

function findBuilt(candidate: Candidate, context: MatchContext): string | undefined {
  return findMoment(candidate, context, "created");
}
