import { criteriaOf } from "../criteria.ts";
import type { ImageRule, Match } from "../policy.ts";
import { impliesMatch } from "./implied-match.ts";

/** A rule that no image can come to, and the earlier one that takes them all. */
export interface ShadowedRule {
  readonly index: number;
  readonly by: ImageRule;
}

/** Rules that could not be read take nothing. */
export function shadowedRules(rules: readonly (ImageRule | undefined)[]): readonly ShadowedRule[] {
  const found: ShadowedRule[] = [];
  const takers = new Takers();
  for (const [index, rule] of rules.entries()) {
    if (rule === undefined) continue;
    const by = takers.find(rule.match);
    if (by !== undefined) found.push({ index, by });
    if (takesAll(rule)) takers.add(rule);
  }
  return found;
}

/** Rules by the fields that their matches have: most are told apart by these alone. */
class Takers {
  readonly #byFields = new Map<
    string,
    { readonly fields: readonly string[]; readonly rules: ImageRule[] }
  >();

  add(rule: ImageRule): void {
    const fields = Object.keys(rule.match);
    const key = fields.toSorted().join(" ");
    const group = this.#byFields.get(key);
    if (group === undefined) this.#byFields.set(key, { fields, rules: [rule] });
    else group.rules.push(rule);
  }

  /** The first that takes all of the match. */
  find(match: Match): ImageRule | undefined {
    // What the parts of these bring in stands in no field of the match itself.
    const isPlain = match.any === undefined && match.all === undefined;
    for (const { fields, rules } of this.#byFields.values()) {
      if (isPlain && fields.some((field) => !(field in match) && !isFreeField(field))) continue;
      const taker = rules.find((rule) => impliesMatch(match, rule.match));
      if (taker !== undefined) return taker;
    }
    return undefined;
  }
}

/** Fields that may follow from others. */
function isFreeField(field: string): boolean {
  return field === "any" || field === "all" || field === "by";
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
