import { momentOf, type Moment } from "./image-age.ts";
import type { Candidate } from "./match.ts";
import type { Age, ImageRule, Keep } from "./policy.ts";
import { compileTagPattern } from "./tag-pattern.ts";

/** Which criterion keeps a candidate, or that none does. `age-unknown` keeps: what cannot be told is kept. */
export type Kept =
  | { readonly kind: "always" }
  | { readonly kind: "within"; readonly moment: Moment; readonly withinMs: number }
  | { readonly kind: "last"; readonly rank: number; readonly last: number; readonly group: string }
  | { readonly kind: "age-unknown" }
  | { readonly kind: "none"; readonly moment: Moment | undefined };

/**
 * Evaluates a rule's criteria over everything the rule matched. Criteria are OR-ed. `last` counts images, not names, over
 * the whole group; images of equal age are ordered by ID.
 */
export function evaluateKeep(
  rule: ImageRule,
  candidates: readonly Candidate[],
  nowMs: number,
): (candidate: Candidate) => Kept {
  const criteria = criteriaOf(rule.keep).map((keep) => compileCriterion(keep, candidates, nowMs));
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

/** All the criteria of a rule, those under `anyOf` included: each of them keeps by itself. */
export function criteriaOf(keep: Keep): readonly Keep[] {
  return [keep, ...(keep.anyOf ?? []).flatMap(criteriaOf)];
}

function compileCriterion(
  keep: Keep,
  candidates: readonly Candidate[],
  nowMs: number,
): (candidate: Candidate) => Kept {
  const { within, last, always } = keep;
  const by = keep.by ?? "active";
  const ranks = last === undefined ? undefined : rankNewest(candidates, keep, by);
  return (candidate) => {
    if (always) return { kind: "always" };
    const moment = momentOf(candidate.image, by);
    const needsAge = within !== undefined || last !== undefined;
    if (needsAge && moment === undefined) return { kind: "age-unknown" };
    if (within !== undefined && moment && nowMs - moment.atMs <= within)
      return { kind: "within", moment, withinMs: within };
    const place = ranks?.(candidate);
    if (last !== undefined && place && place.rank <= last) return { kind: "last", ...place, last };
    return { kind: "none", moment: moment ?? momentOf(candidate.image, "active") };
  };
}

interface Place {
  readonly rank: number;
  readonly group: string;
}

/** Ranks within groups. Equal images of a group share a rank, whatever number of names they have there. */
function rankNewest(
  candidates: readonly Candidate[],
  keep: Keep,
  by: Age,
): (candidate: Candidate) => Place | undefined {
  const groupOf = compileGroup(keep.per);
  const groups = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const group = groupOf(candidate);
    const known = groups.get(group);
    if (known) known.push(candidate);
    else groups.set(group, [candidate]);
  }
  const ranks = new Map<string, Map<string, number>>();
  for (const [group, members] of groups) {
    const ranked = new Map<string, number>();
    ranks.set(group, ranked);
    const newest = members
      .map((candidate) => ({ candidate, atMs: momentOf(candidate.image, by)?.atMs }))
      .filter(
        (member): member is { candidate: Candidate; atMs: number } => member.atMs !== undefined,
      )
      .sort((a, b) => b.atMs - a.atMs || (a.candidate.image.id < b.candidate.image.id ? -1 : 1));
    for (const { candidate } of newest)
      if (!ranked.has(candidate.image.id)) ranked.set(candidate.image.id, ranked.size + 1);
  }
  return (candidate) => {
    const group = groupOf(candidate);
    const rank = ranks.get(group)?.get(candidate.image.id);
    return rank === undefined ? undefined : { rank, group: group.replaceAll("\u0000", " ") };
  };
}

function compileGroup(per: Keep["per"]): (candidate: Candidate) => string {
  if (per === "target") return () => "the target";
  const repository = ({ name }: Candidate): string =>
    name === undefined ? "images without a name" : `${name.registry}/${name.repository}`;
  if (per === undefined || per === "repository") return repository;
  const tagGroup = compileTagPattern(per.tagPattern);
  if (tagGroup === undefined) throw new RangeError(`"${per.tagPattern}" is not an RE2 expression`);
  return (candidate) => {
    const group = candidate.name?.tag === undefined ? undefined : tagGroup(candidate.name.tag);
    return group === undefined ? repository(candidate) : `${repository(candidate)}:${group}`;
  };
}
