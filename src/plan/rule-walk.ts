import type { Image } from "../inventory/image.ts";
import { createCalendar } from "../policy/calendar.ts";
import type { CriterionResult } from "../policy/criterion.ts";
import { compileKeep, type Counts, type KeepAnswer, type KeepRule } from "../policy/keep-rules.ts";
import type { Answer, Candidate, MatchContext } from "../policy/match.ts";
import type { ImageRule, Policy } from "../policy/policy.ts";
import { compileRuleList, NO_RULE, UNKNOWN_RULE } from "../policy/rule-list.ts";

/** What the rules come to for one name of an image. */
export type WalkEnd =
  /** The answer of this rule is final. */
  | { readonly kind: "decided"; readonly position: number; readonly answer: KeepAnswer }
  /** A rule keeps it, which is not final, and no later rule decides. */
  | { readonly kind: "left"; readonly position: number; readonly answer: KeepAnswer }
  /** It cannot be told whether a rule matches. */
  | { readonly kind: "unknown" }
  | { readonly kind: "no-rule" };

/** One rule on the way of one name. */
export interface RuleStep {
  readonly rule: ImageRule;
  /** Position in `Policy.images`. */
  readonly position: number;
  readonly matches: Answer;
  /** What its criteria say, where it matches. */
  readonly results: readonly CriterionResult[];
  /** False where the rules after it are asked as well. */
  readonly isFinal: boolean;
}

/** The ways of all candidates, which are numbered from 0 in the order in which they were given. */
export interface RuleWalk {
  readonly end: (image: Image, number: number) => WalkEnd;
  /** The rules on the way of a candidate, up to the one that decides or cannot be told. */
  readonly steps: (candidate: Candidate, number: number) => readonly RuleStep[];
}

interface Rule {
  readonly rule: ImageRule;
  readonly keep: KeepRule;
  /** The number that a candidate has among all that the match holds for, where these are counted. */
  readonly matchNumbers: Map<number, number>;
  /** What came to it, where its answer may not be final. */
  readonly arrivals: { readonly candidate: Candidate; readonly number: number }[];
}

/** A rule that a candidate came to and went on from. */
interface Passed {
  readonly position: number;
  readonly counts: Counts;
  readonly answer: KeepAnswer;
}

/**
 * Leads every candidate through the rules: to the first one that matches it, and on to the next one that does as long as
 * an answer is not final. What a rule counts must be known whole before it answers: so first all candidates are led to
 * their first rules and counted there, then the rules are gone through in order.
 */
export function walkRules(
  policy: Pick<Policy, "images" | "timeZone">,
  candidates: Iterable<Candidate>,
  context: MatchContext,
): RuleWalk {
  const { nowMs, libraries } = context;
  const calendar = createCalendar(policy.timeZone);
  const list = compileRuleList(
    policy.images.map(({ match }) => match),
    context,
  );
  const rules = policy.images.map((rule): Rule => {
    const keep = compileKeep(rule.keep, { nowMs, calendar, libraries });
    return { rule, keep, matchNumbers: new Map(), arrivals: [] };
  });
  /** Where each candidate is, and its number among what is counted there. */
  const places: number[] = [];
  const ruleNumbers: number[] = [];
  const passed = new Map<number, Passed[]>();

  const arrive = (candidate: Candidate, number: number, position: number): void => {
    const at = rules[position];
    places[number] = position;
    ruleNumbers[number] = at?.keep.counts.has("rule") ? at.keep.count("rule", candidate) : -1;
    if (at && mayPassOn(at.rule)) at.arrivals.push({ candidate, number });
  };
  const countsAt = ({ matchNumbers }: Rule, number: number): Counts => ({
    rule: ruleNumbers[number] ?? -1,
    match: matchNumbers.size === 0 ? -1 : (matchNumbers.get(number) ?? -1),
  });

  const countedWhole = rules.flatMap((rule, position) =>
    rule.keep.counts.has("match") ? [{ ...rule, position }] : [],
  );
  let next = 0;
  for (const candidate of candidates) {
    const number = next;
    next += 1;
    for (const { position, keep, matchNumbers } of countedWhole) {
      if (list.matches(position, candidate) === true)
        matchNumbers.set(number, keep.count("match", candidate));
    }
    arrive(candidate, number, list.next(candidate, 0));
  }
  rules.forEach((rule, position) => {
    rule.keep.rank();
    for (const { candidate, number } of rule.arrivals) {
      const counts = countsAt(rule, number);
      const answer = rule.keep.answer(candidate.image, counts);
      if (isFinal(rule.rule, answer)) continue;
      const known = passed.get(number);
      if (known) known.push({ position, counts, answer });
      else passed.set(number, [{ position, counts, answer }]);
      arrive(candidate, number, list.next(candidate, position + 1));
    }
  });

  return {
    end(image, number) {
      const position = places[number] ?? NO_RULE;
      if (position === UNKNOWN_RULE) return { kind: "unknown" };
      const rule = rules[position];
      if (rule) {
        const answer = rule.keep.answer(image, countsAt(rule, number));
        return { kind: "decided", position, answer };
      }
      const kept = passed.get(number)?.find(({ answer }) => answer.kind !== "not-kept");
      return kept === undefined
        ? { kind: "no-rule" }
        : { kind: "left", position: kept.position, answer: kept.answer };
    },
    steps(candidate, number) {
      const ways = new Map(passed.get(number)?.map((each) => [each.position, each.counts]));
      const steps: RuleStep[] = [];
      for (const [position, at] of rules.entries()) {
        const { rule, keep } = at;
        const isHere = places[number] === position;
        const counts = isHere ? countsAt(at, number) : ways.get(position);
        const matches = counts === undefined ? list.matches(position, candidate) : true;
        const results = counts === undefined ? [] : keep.results(candidate.image, counts);
        const ends = isHere || matches === undefined;
        steps.push({ rule, position, matches, results, isFinal: ends });
        if (ends) break;
      }
      return steps;
    },
  };
}

function mayPassOn({ decides = "both" }: ImageRule): boolean {
  return decides !== "both";
}

function isFinal({ decides = "both" }: ImageRule, answer: KeepAnswer): boolean {
  return decides === "both" || (decides === "remove") === (answer.kind === "not-kept");
}
