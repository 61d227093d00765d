import {
  compileMatch,
  type Answer,
  type Candidate,
  type MatchContext,
  type Matcher,
} from "./match.ts";
import { compileNameGate } from "./name-gate.ts";
import type { Match } from "./policy.ts";

/** What is the next rule about a candidate: its position, none, or that this cannot be told. */
export type NextRule = number | typeof NO_RULE | typeof UNKNOWN_RULE;

export const NO_RULE = -1;
export const UNKNOWN_RULE = -2;

/** Matches in order. */
export interface RuleList {
  readonly matches: (rule: number, candidate: Candidate) => Answer;
  /** The first match that holds, from this position on. One that cannot be told ends the search. */
  readonly next: (candidate: Candidate, from: number) => NextRule;
}

/**
 * Compiles matches so that those which are about other repositories cost nothing: which these are is found out once for
 * each repository.
 */
export function compileRuleList(matches: readonly Match[], context: MatchContext): RuleList {
  const rules = matches.map((match, position): Rule => ({
    position,
    matches: compileMatch(match, context),
    gate: compileNameGate(match, context.libraries),
  }));
  const unnamed = rules.filter(({ gate }) => gate === undefined);
  const byRepository = new Map<string, readonly Rule[]>();
  const concerning = (candidate: Candidate): readonly Rule[] => {
    // A candidate takes its name apart only when it is asked for it.
    const name = unnamed.length === rules.length ? undefined : candidate.name;
    if (name === undefined) return unnamed;
    const known = byRepository.get(name.full);
    if (known !== undefined) return known;
    const found = rules.filter(({ gate }) => gate === undefined || gate(name));
    byRepository.set(name.full, found);
    return found;
  };
  return {
    matches: (position, candidate) => rules[position]?.matches(candidate),
    next(candidate, from) {
      for (const { position, matches: test } of concerning(candidate)) {
        if (position < from) continue;
        const answer = test(candidate);
        if (answer === true) return position;
        if (answer === undefined) return UNKNOWN_RULE;
      }
      return NO_RULE;
    },
  };
}

interface Rule {
  readonly position: number;
  readonly matches: Matcher;
  /** Where it does not hold for a name, or there is no name, the match does not hold. */
  readonly gate: ReturnType<typeof compileNameGate>;
}
