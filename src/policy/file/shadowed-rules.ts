import { criteriaOf } from "../criteria.ts";
import type { ImageRule } from "../policy.ts";
import { impliesMatch } from "./implied-match.ts";

/** A rule that no image can come to, and the earlier one that takes them all. */
export interface ShadowedRule {
  readonly index: number;
  readonly by: ImageRule;
}

/** Rules that could not be read take nothing. */
export function shadowedRules(rules: readonly (ImageRule | undefined)[]): readonly ShadowedRule[] {
  const found: ShadowedRule[] = [];
  const takers: ImageRule[] = [];
  for (const [index, rule] of rules.entries()) {
    if (rule === undefined) continue;
    const by = takers.find(({ match }) => impliesMatch(rule.match, match));
    if (by !== undefined) found.push({ index, by });
    if (takesAll(rule)) takers.push(rule);
  }
  return found;
}

/** Whether nothing that the rule matches goes on to the next. */
function takesAll({ decides = "both", keep }: ImageRule): boolean {
  const criteria = criteriaOf(keep);
  switch (decides) {
    case "both":
      return true;
    case "keep":
      return criteria.some(({ always }) => always === true);
    case "remove":
      return criteria.length === 1 && Object.keys(keep).length === 0;
    default:
      return decides satisfies never;
  }
}
