import { familiarName } from "../../oci/reference.ts";
import {
  formatExpected,
  type Expected,
  type SubjectKind,
} from "../../policy/testing/expectation.ts";
import { idOf, wordOf } from "../../policy/testing/image-word.ts";
import type { Brake, PolicyTest } from "../../policy/testing/policy-test.ts";
import type { Action, ActionKind, ExceededLimit, Plan } from "../plan.ts";

/** What a plan does to one thing that the test may name. */
export interface Outcome {
  readonly kind: SubjectKind;
  readonly name: string;
  readonly rule: string;
  readonly reason: string;
}

/** Where a plan is not what its test says; both sides are lines as a test has them. */
export type Difference =
  /** It should go and stays. */
  | { readonly kind: "stays"; readonly expected: Expected; readonly got: readonly Outcome[] }
  /** It goes, and no line says so. */
  | { readonly kind: "goes"; readonly got: Outcome }
  /** It should stay and goes. */
  | { readonly kind: "not-kept"; readonly expected: Expected; readonly got: readonly Outcome[] }
  /** By another rule, or for another reason. */
  | { readonly kind: "otherwise"; readonly expected: Expected; readonly got: readonly Outcome[] }
  /** It runs into other brakes. */
  | {
      readonly kind: "brakes";
      readonly expected: readonly Brake[];
      readonly got: readonly ExceededLimit[];
    };

export interface Comparison {
  /** All that goes, in the order of the plan. */
  readonly removed: readonly Outcome[];
  readonly differences: readonly Difference[];
}

const KINDS: Readonly<Record<ActionKind, SubjectKind>> = {
  "delete-image": "image",
  untag: "name",
  "remove-container": "container",
  "remove-volume": "volume",
  "remove-network": "network",
  "prune-build-cache": "cache",
};

/** Compares a plan with what its test expects. Only `removes` says that nothing else goes. */
export function compareOutcome(test: PolicyTest, plan: Plan): Comparison {
  const removed = plan.actions.map((action) => toOutcome(test, action));
  const goingBy = new Map(removed.map((outcome) => [keyOf(test, outcome), outcome]));
  const expectedKeys = new Set<string>();
  const differences: Difference[] = [];
  for (const expected of test.removes ?? []) {
    const key = keyOf(test, expected);
    expectedKeys.add(key);
    const going = goingBy.get(key);
    if (going === undefined)
      differences.push({ kind: "stays", expected, got: keptAs(test, plan, expected) });
    else if (!fits(expected, going))
      differences.push({ kind: "otherwise", expected, got: [going] });
  }
  for (const expected of test.keeps) {
    const key = keyOf(test, expected);
    expectedKeys.add(key);
    const going = goingBy.get(key);
    const kept = keptAs(test, plan, expected);
    if (going !== undefined) differences.push({ kind: "not-kept", expected, got: [going] });
    else if (!isPlain(expected) && !kept.some((outcome) => fits(expected, outcome)))
      differences.push({ kind: "otherwise", expected, got: kept });
  }
  for (const [key, got] of goingBy)
    if (test.removes !== undefined && !expectedKeys.has(key))
      differences.push({ kind: "goes", got });
  const { stops } = test;
  // Room in a bin is no matter of a policy.
  const brakes = new Set<Brake>(
    plan.exceeds.flatMap(({ limit }) => (limit === "archive" ? [] : [limit])),
  );
  if (stops !== undefined && brakes.symmetricDifference(new Set(stops)).size > 0)
    differences.push({ kind: "brakes", expected: stops, got: plan.exceeds });
  return { removed, differences };
}

/** As a test says it, with the rule and the reason where they are asked for. */
export function formatOutcome(
  { kind, name, rule, reason }: Outcome,
  says: { readonly rule: boolean; readonly reason: boolean },
): string {
  return formatExpected({
    kind,
    name,
    ...(says.rule ? { rule } : {}),
    ...(says.reason ? { reason } : {}),
  });
}

function toOutcome(test: PolicyTest, action: Action): Outcome {
  const { subject, references, rule, reason } = action;
  const kind = KINDS[action.kind];
  return { kind, name: nameOf(test, kind, subject, references), rule, reason };
}

function nameOf(
  test: PolicyTest,
  kind: SubjectKind,
  subject: string,
  references: readonly string[],
): string {
  switch (kind) {
    case "image":
      return imageName(test, wordOf(subject));
    case "name":
      return familiarName(subject);
    case "container":
    case "network":
      return references[0] ?? subject;
    case "volume":
    case "cache":
      return subject;
  }
}

/** The first name on its line, or its mark. */
function imageName({ host }: PolicyTest, word: string): string {
  const names = (host.images?.[word]?.names ?? "").split(" ");
  return names.find((name) => name !== "" && !name.includes("@")) ?? `<${word}>`;
}

/** Tells what is meant, whichever of its names is said. */
function keyOf({ wordNamed }: PolicyTest, { kind, name }: Pick<Outcome, "kind" | "name">): string {
  return `${kind} ${kind === "image" ? (wordNamed(name) ?? name) : name}`;
}

/** Why it stays: every reason that the plan gives. */
function keptAs(test: PolicyTest, plan: Plan, { kind, name }: Expected): readonly Outcome[] {
  const word = test.wordNamed(name);
  const kept = plan.kept.find(({ subject, references }) => {
    if (kind === "image") return word !== undefined && subject === idOf(word);
    if (kind === "name") return references.some((reference) => familiarName(reference) === name);
    return subject === name || references.includes(name);
  });
  return (kept?.reasons ?? []).map(({ rule, detail }) => ({ kind, name, rule, reason: detail }));
}

/** The rule and the reason are those that are said, where they are said. */
export function fits({ rule, reason }: Expected, outcome: Outcome): boolean {
  return (
    (rule === undefined || rule === outcome.rule) &&
    (reason === undefined || reason === outcome.reason)
  );
}

function isPlain({ rule, reason }: Expected): boolean {
  return rule === undefined && reason === undefined;
}
