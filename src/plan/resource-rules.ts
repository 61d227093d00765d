import { compileLabelTest, type LabelTest } from "../policy/label-test.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { Match, ResourceMatch } from "../policy/policy.ts";
import { compileResourceMatches, type Resource } from "../policy/resource-match.ts";

/** What rules on containers, volumes and networks have in common. */
export interface ResourceRule {
  readonly name: string;
  readonly match?: readonly ResourceMatch[];
  readonly except?: readonly ResourceMatch[];
  readonly within: number;
}

/** What the rules say of one resource, before its age is looked at. */
export type RuleAnswer<Rule> =
  | { readonly kind: "decides"; readonly rule: Rule }
  | { readonly kind: "excepted"; readonly rule: Rule }
  /** A rule may be about it or not: it asks for the image, whose name is not known. */
  | { readonly kind: "unknown"; readonly rule: Rule }
  | { readonly kind: "none" };

/** Compiles ordered rules: the first that is about a resource decides. */
export function compileResourceRules<Rule extends ResourceRule>(
  rules: readonly Rule[],
  libraries: PolicyLibraries,
): (resource: Resource, concerns: (rule: Rule) => boolean) => RuleAnswer<Rule> {
  const compiled = rules.map((rule) => ({
    rule,
    matches: rule.match === undefined ? () => true : compileResourceMatches(rule.match, libraries),
    excepts: compileResourceMatches(rule.except ?? [], libraries),
  }));
  return (resource, concerns) => {
    for (const { rule, matches, excepts } of compiled) {
      const answer = concerns(rule) ? matches(resource) : false;
      if (answer === undefined) return { kind: "unknown", rule };
      if (answer) return { kind: excepts(resource) === false ? "decides" : "excepted", rule };
    }
    return { kind: "none" };
  };
}

/** Labels under `protect` protect containers, volumes and networks as well. */
export function protectedByLabel(protect: readonly Match[], libraries: PolicyLibraries): LabelTest {
  const tests = protect.flatMap(({ label }) =>
    label === undefined ? [] : [compileLabelTest(label, libraries)],
  );
  return (labels) => tests.some((test) => test(labels));
}
