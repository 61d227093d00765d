import { momentOf, type Moment } from "./image-age.ts";
import type { Candidate } from "./match.ts";
import type { Age, ImageRule, Keep } from "./policy.ts";
import { criteriaOf } from "./criteria.ts";
import { missingLibrary, type PolicyLibraries } from "./libraries.ts";

/** Which criterion keeps a candidate, or that none does. `age-unknown` keeps: what cannot be told is kept. */
export type Kept =
  | { readonly kind: "always" }
  | { readonly kind: "within"; readonly moment: Moment; readonly withinMs: number }
  | { readonly kind: "last"; readonly rank: number; readonly last: number; readonly group: string }
  | { readonly kind: "age-unknown" }
  | { readonly kind: "none"; readonly moment: Moment | undefined };

/**
 * Evaluates a rule's criteria over everything the rule matched (walked through once for each criterion that counts).
 * Criteria are OR-ed. `last` counts images, not names, over the whole group; images of equal age are ordered by ID.
 */
export function evaluateKeep(
  rule: ImageRule,
  candidates: Iterable<Candidate>,
  nowMs: number,
  libraries: PolicyLibraries,
): (candidate: Candidate) => Kept {
  const criteria = criteriaOf(rule.keep).map((keep) =>
    compileCriterion(keep, candidates, nowMs, libraries),
  );
  return (candidate) => {
    let unknown = false;
    let last: Kept = { kind: "none", moment: undefined };
    for (const criterion of criteria) {
      const kept = criterion(candidate);
      if (kept.kind === "age-unknown") unknown = true;
      else if (kept.kind === "none") last = kept;
      else return kept;
    }
    return unknown ? { kind: "age-unknown" } : last;
  };
}

function compileCriterion(
  keep: Keep,
  candidates: Iterable<Candidate>,
  nowMs: number,
  libraries: PolicyLibraries,
): (candidate: Candidate) => Kept {
  const { within, last, always } = keep;
  const by = keep.by === undefined || keep.by === "version" ? "active" : keep.by;
  const groupOf = compileGroup(keep.per, libraries);
  const ranks = last === undefined ? undefined : rankNewest(candidates, groupOf, last, by);
  return (candidate) => {
    if (always) return { kind: "always" };
    const moment = momentOf(candidate.image, by);
    const needsAge = within !== undefined || last !== undefined;
    if (needsAge && moment === undefined) return { kind: "age-unknown" };
    if (within !== undefined && moment && nowMs - moment.atMs <= within)
      return { kind: "within", moment, withinMs: within };
    const place = ranks?.(candidate);
    if (last !== undefined && place) return { kind: "last", ...place, last };
    return { kind: "none", moment: moment ?? momentOf(candidate.image, "active") };
  };
}

interface Place {
  readonly rank: number;
  readonly group: string;
}

/** Ranks the `last` newest of each group. An image has one rank, whatever number of names it has there. */
function rankNewest(
  candidates: Iterable<Candidate>,
  groupOf: (candidate: Candidate) => string,
  last: number,
  by: Age,
): (candidate: Candidate) => Place | undefined {
  const groups = new Map<string, Member[]>();
  for (const candidate of candidates) {
    const atMs = momentOf(candidate.image, by)?.atMs;
    if (atMs === undefined) continue;
    const group = groupOf(candidate);
    const member = { id: candidate.image.id, atMs };
    const known = groups.get(group);
    if (known === undefined) groups.set(group, [member]);
    // Cut now and then, so that a group takes little room whatever its size.
    else if (known.push(member) > last * 4 + MEMBERS_UNCUT)
      groups.set(group, newestOnce(known, last));
  }
  for (const [group, members] of groups) groups.set(group, newestOnce(members, last));
  return (candidate) => {
    const group = groupOf(candidate);
    const place = groups.get(group)?.findIndex(({ id }) => id === candidate.image.id) ?? -1;
    return place < 0 ? undefined : { rank: place + 1, group: group.replaceAll("\u0000", " ") };
  };
}

const MEMBERS_UNCUT = 64;

interface Member {
  readonly id: string;
  readonly atMs: number;
}

/** The `last` newest images, each once, newest first; equal ones by ID. */
function newestOnce(members: readonly Member[], last: number): Member[] {
  const seen = new Set<string>();
  const newest: Member[] = [];
  for (const member of members.toSorted((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1))) {
    if (newest.length === last) break;
    if (seen.has(member.id)) continue;
    seen.add(member.id);
    newest.push(member);
  }
  return newest;
}

function compileGroup(
  per: Keep["per"],
  libraries: PolicyLibraries,
): (candidate: Candidate) => string {
  if (per === "target") return () => "the target";
  const repository = ({ name }: Candidate): string =>
    name === undefined ? "images without a name" : `${name.registry}/${name.repository}`;
  if (per === undefined || per === "repository") return repository;
  const { expressions } = libraries;
  if (expressions === undefined) throw missingLibrary("expressions");
  const expression = expressions(per.tagPattern);
  if (expression === undefined)
    throw new RangeError(`"${per.tagPattern}" is not an RE2 expression`);
  return (candidate) => {
    const group =
      candidate.name?.tag === undefined ? undefined : expression.groupOf(candidate.name.tag);
    return group === undefined ? repository(candidate) : `${repository(candidate)}:${group}`;
  };
}
