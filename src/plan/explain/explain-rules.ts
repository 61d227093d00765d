import { createCalendar } from "../../policy/calendar.ts";
import type { CriterionResult } from "../../policy/criterion.ts";
import { answerOf } from "../../policy/keep-rules.ts";
import type { Answer, Candidate, MatchContext } from "../../policy/match.ts";
import type { ImageRule, Policy, SourcePosition } from "../../policy/policy.ts";
import { nameCriterion, sayCriterion } from "./explain-keep-words.ts";
import { explainMatch, type MatchFinding } from "./explain-match.ts";
import { sayMatched, sayUnmatched } from "./explain-match-words.ts";
import type { RuleStep, WalkEnd } from "../rule-walk.ts";

/** The path of one name of an image through the rules. */
export interface NamePath {
  /** Fully normalised, by tag or by digest; absent where the image has none. */
  readonly name?: string;
  /** In the order of the policy, up to the one that decides, or of which it cannot be told whether it matches. */
  readonly rules: readonly RuleFinding[];
  /** `name-goes`: the rule takes names only, and never the image. */
  readonly outcome: "stays" | "goes" | "name-goes";
  /** The rule whose answer counts; absent where none has one. */
  readonly rule?: string;
}

/** What one rule says of one name. */
export interface RuleFinding {
  readonly rule: string;
  /** From 1, in the order of the policy. */
  readonly number: number;
  readonly position?: SourcePosition;
  /** Undefined: it cannot be told. Then no later rule is asked, and the name stays. */
  readonly matches: Answer;
  readonly match: MatchFinding;
  /** What it matches, or does not match, on: a sentence for people. */
  readonly detail: string;
  /** Where it matches: each of its criteria. One that holds, or cannot be told, keeps. */
  readonly criteria: readonly CriterionFinding[];
  /** Where it matches. `goes-if-needed`: only as far as space is asked for. */
  readonly answer?: "keeps" | "goes" | "goes-if-needed";
  /** False where its answer is left to the rules after it. */
  readonly isFinal: boolean;
}

export interface CriterionFinding {
  /** As a policy says it. */
  readonly criterion: string;
  readonly result: CriterionResult;
  /** The value beside its limit: a sentence for people. */
  readonly detail: string;
}

/** Puts the way that a candidate took through the rules, and its end, into findings. */
export function explainPath(
  name: string | undefined,
  candidate: Candidate,
  steps: readonly RuleStep[],
  end: WalkEnd,
  policy: Policy,
  context: MatchContext,
): NamePath {
  const decided = end.kind === "decided" || end.kind === "left" ? end : undefined;
  const rule = decided && policy.images[decided.position];
  return {
    ...(name === undefined ? {} : { name }),
    rules: steps.map((step) => explainStep(step, candidate, policy, context)),
    outcome: outcomeOf(decided?.answer.kind === "not-kept" ? rule : undefined),
    ...(rule === undefined ? {} : { rule: rule.name }),
  };
}

/** Of the rule that does not keep it; of none where nothing lets it go. */
function outcomeOf(rule: ImageRule | undefined): NamePath["outcome"] {
  if (rule === undefined || rule.onlyUnderPressure === true) return "stays";
  return rule.untag === "only" ? "name-goes" : "goes";
}

function explainStep(
  { rule, position, matches, results, isFinal }: RuleStep,
  candidate: Candidate,
  { timeZone }: Policy,
  context: MatchContext,
): RuleFinding {
  const calendar = createCalendar(timeZone);
  const match = explainMatch(rule.match, candidate, context);
  const { name, position: source } = rule;
  return {
    rule: name,
    number: position + 1,
    ...(source === undefined ? {} : { position: source }),
    matches,
    match,
    detail: matches === true ? sayMatched(match) : sayUnmatched(match),
    criteria: results.map((result) => ({
      criterion: nameCriterion(result),
      result: written(result),
      detail: sayCriterion(result, context.nowMs, calendar),
    })),
    ...(matches === true ? { answer: answerFrom(rule, results) } : {}),
    isFinal,
  };
}

function answerFrom(
  { onlyUnderPressure }: ImageRule,
  results: readonly CriterionResult[],
): NonNullable<RuleFinding["answer"]> {
  if (answerOf(results).kind !== "not-kept") return "keeps";
  return onlyUnderPressure === true ? "goes-if-needed" : "goes";
}

/** With a place of plain fields: where images are counted, some of it is worked out only when it is asked for. */
function written(result: CriterionResult): CriterionResult {
  if (result.kind === "always" || result.kind === "within" || result.place === undefined)
    return result;
  const { group, rank, isFirst, series, of } = result.place;
  return {
    ...result,
    place: { group, rank, isFirst, ...(series === undefined ? {} : { series }), of },
  };
}
