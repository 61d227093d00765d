import type { Image } from "../inventory/image.ts";
import { compileCounted, type Counted } from "./counted-criteria.ts";
import { criteriaOf } from "./criteria.ts";
import { unknownOf, type CriterionResult } from "./criterion.ts";
import { momentOf } from "./image-age.ts";
import type { KeepContext } from "./keep-context.ts";
import type { Candidate } from "./match.ts";
import type { Keep } from "./policy.ts";

/** Which images a criterion counts: those that come to the rule, or all that its match holds for. */
export type Among = NonNullable<Keep["among"]>;

/** The numbers under which a candidate was counted; -1 where it was not. */
export type Counts = Readonly<Record<Among, number>>;

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

/** The criteria of one rule. First everything is counted, then ranked once, then asked about. */
export interface KeepRule {
  /** The populations that have to be counted before anything is asked. */
  readonly counts: ReadonlySet<Among>;
  /** Counts a candidate; answers the number that it has in this population. */
  count(among: Among, candidate: Candidate): number;
  rank(): void;
  answer(image: Image, counts: Counts): KeepAnswer;
  /** What every criterion says, in the order of the rule. */
  results(image: Image, counts: Counts): readonly CriterionResult[];
}

/** Compiles the criteria of a rule. Images are counted, not their names. */
export function compileKeep(keep: Keep, context: KeepContext): KeepRule {
  const sizes: Record<Among, number> = { rule: 0, match: 0 };
  const counted: Record<Among, Counted[]> = { rule: [], match: [] };
  const criteria = criteriaOf(keep).flatMap((each): readonly Criterion[] => {
    const among = each.among ?? "rule";
    const own = compileCounted(each, context);
    counted[among].push(...own);
    return [
      ...compilePlain(each, context.nowMs),
      ...own.flatMap(({ criteria: asked }) =>
        asked.map(
          (ask): Criterion =>
            (_, counts) =>
              ask(counts[among]),
        ),
      ),
    ];
  });
  return {
    counts: new Set(AMONG.filter((among) => counted[among].length > 0)),
    count(among, candidate) {
      for (const each of counted[among]) each.add(candidate);
      sizes[among] += 1;
      return sizes[among] - 1;
    },
    rank() {
      for (const each of [...counted.rule, ...counted.match]) each.rank();
    },
    answer(image, counts) {
      const results: CriterionResult[] = [];
      for (const criterion of criteria) {
        const result = criterion(image, counts);
        if (result.holds === true) return { kind: "kept", by: result };
        results.push(result);
      }
      return answerOf(results);
    },
    results: (image, counts) => criteria.map((criterion) => criterion(image, counts)),
  };
}

const AMONG: readonly Among[] = ["rule", "match"];

type Criterion = (image: Image, counts: Counts) => CriterionResult;

/** Criteria that look at one image alone. */
function compilePlain({ always, within, by }: Keep, nowMs: number): readonly Criterion[] {
  const criteria: Criterion[] = [];
  if (always === true) criteria.push(() => ({ kind: "always", holds: true }));
  if (within !== undefined) {
    const age = by === undefined || by === "version" ? "active" : by;
    criteria.push((image) => {
      const moment = momentOf(image, age);
      const holds = moment && nowMs - moment.atMs <= within;
      return { kind: "within", holds, by: age, moment, withinMs: within };
    });
  }
  return criteria;
}
