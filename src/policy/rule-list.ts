import {
  compileMatch,
  type Answer,
  type Candidate,
  type MatchContext,
  type Matcher,
} from "./match.ts";
import { compileNameGate } from "./name-gate.ts";
import type { Match } from "./policy.ts";

/** In the place of a rule's position: no rule matches, or whether one does cannot be told. */
export const NO_RULE = -1;
export const UNKNOWN_RULE = -2;

/** Matches in order. */
export interface RuleList {
  readonly matches: (rule: number, candidate: Candidate) => Answer;
  /** Position of the first match that holds, from this one on. One that cannot be told ends the search: `UNKNOWN_RULE`. */
  readonly next: (candidate: Candidate, from: number) => number;
}

/**
 * Compiles matches so that those which are about other repositories cost nothing: which these are is found out once for
 * each repository.
 */
export function compileRuleList(matches: readonly Match[], context: MatchContext): RuleList {
  const rules = matches.map((match, position): Rule => {
    const { registry: _, repository: __, ...rest } = match;
    const gate = compileNameGate(match, context.libraries);
    const matchesBehind = compileMatch(rest, context);
    return { position, matches: compileMatch(match, context), matchesBehind, gate };
  });
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
      for (const { position, matchesBehind } of concerning(candidate)) {
        if (position < from) continue;
        const answer = matchesBehind(candidate);
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
  /** The same for candidates whose repository the gate let pass: without what it asked. */
  readonly matchesBehind: Matcher;
  /** Where it does not hold for a name, or there is no name, the match does not hold. */
  readonly gate: ReturnType<typeof compileNameGate>;
}
