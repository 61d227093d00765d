import type { Calendar } from "./calendar.ts";
import { compileCounted, type Counted } from "./counted-criteria.ts";
import { criteriaOf } from "./criteria.ts";
import { unknownOf, type CriterionResult } from "./criterion.ts";
import { momentOf } from "./image-age.ts";
import type { PolicyLibraries } from "./libraries.ts";
import type { Candidate } from "./match.ts";
import type { Keep } from "./policy.ts";

/** What evaluating criteria takes besides images. */
export interface KeepContext {
  readonly nowMs: number;
  readonly calendar: Calendar;
  readonly libraries: PolicyLibraries;
}

/** Which images a criterion counts: those that come to the rule, or all that its match holds for. */
export type Among = NonNullable<Keep["among"]>;

/** The numbers under which a candidate was counted; -1 where it was not. */
export type Counts = Readonly<Record<Among, number>>;

/** The criteria of one rule. First everything is counted, then ranked once, then asked about. */
export interface KeepRule {
  /** The populations that have to be counted before anything is asked. */
  readonly counts: ReadonlySet<Among>;
  /** Counts a candidate; answers the number that it has in this population. */
  count(among: Among, candidate: Candidate): number;
  rank(): void;
  /** What every criterion says, in the order of the rule. */
  results(candidate: Candidate, counts: Counts): readonly CriterionResult[];
}

/** What a rule's criteria, which are OR-ed, come to. What cannot be told is kept. */
export type KeepAnswer =
  | { readonly kind: "kept"; readonly by: CriterionResult }
  | { readonly kind: "unknown"; readonly what: "age" | "version" }
  | { readonly kind: "not-kept"; readonly missed: readonly CriterionResult[] };

export function answerOf(results: readonly CriterionResult[]): KeepAnswer {
  let unknown: CriterionResult | undefined;
  for (const result of results) {
    if (result.holds === true) return { kind: "kept", by: result };
    if (result.holds === undefined) unknown ??= result;
  }
  if (unknown !== undefined) return { kind: "unknown", what: unknownOf(unknown) };
  return { kind: "not-kept", missed: results };
}

/** Compiles the criteria of a rule. Images are counted, not their names. */
export function compileKeep(keep: Keep, context: KeepContext): KeepRule {
  const criteria = criteriaOf(keep).map((each) => ({
    among: each.among ?? "rule",
    plain: compilePlain(each, context.nowMs),
    counted: compileCounted(each, context),
  }));
  const populations: Record<Among, { size: number; readonly counted: readonly Counted[] }> = {
    rule: { size: 0, counted: countedAmong("rule") },
    match: { size: 0, counted: countedAmong("match") },
  };
  function countedAmong(among: Among): readonly Counted[] {
    return criteria.flatMap(({ among: own, counted }) =>
      own === among && counted !== undefined ? [counted] : [],
    );
  }
  const names: readonly Among[] = ["rule", "match"];
  return {
    counts: new Set(names.filter((among) => populations[among].counted.length > 0)),
    count(among, candidate) {
      const population = populations[among];
      for (const counted of population.counted) counted.add(candidate);
      population.size += 1;
      return population.size - 1;
    },
    rank() {
      for (const { counted } of criteria) counted?.rank();
    },
    results(candidate, counts) {
      const results: CriterionResult[] = [];
      for (const { among, plain, counted } of criteria) {
        for (const criterion of plain) results.push(criterion(candidate));
        counted?.pushResults(counts[among], results);
      }
      return results;
    },
  };
}

/** Criteria that look at one image alone. */
function compilePlain(
  { always, within, by }: Keep,
  nowMs: number,
): readonly ((candidate: Candidate) => CriterionResult)[] {
  const criteria: ((candidate: Candidate) => CriterionResult)[] = [];
  if (always === true) criteria.push(() => ({ kind: "always", holds: true }));
  if (within !== undefined) {
    const age = by === undefined || by === "version" ? "active" : by;
    criteria.push(({ image }) => {
      const moment = momentOf(image, age);
      const holds = moment && nowMs - moment.atMs <= within;
      return { kind: "within", holds, by: age, moment, withinMs: within };
    });
  }
  return criteria;
}
