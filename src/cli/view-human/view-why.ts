import { familiarName } from "../../oci/reference.ts";
import type { Elsewhere } from "../../operations/known-elsewhere.ts";
import type { Explanation } from "../../operations/explain-image.ts";
import { sayHost, type Held } from "../../plan/foreign-use.ts";
import { RULES } from "../../plan/reason.ts";
import { formatSize } from "../../policy/size.ts";
import type { Output } from "../cli-context.ts";
import { renderFields } from "./fields.ts";
import { printable } from "./printable.ts";
import { count, formatPredicted } from "./view-bytes.ts";
import { decisionOf, reasonsOf } from "./view-fate.ts";
import { describeUse, formatAgo, listSome, nameImage } from "./view-image.ts";
import { sayPaths } from "./view-path.ts";
import { listUsers } from "./view-used-elsewhere.ts";
import { sayTurns } from "./view-turns.ts";

/** So many relatives of one kind are named. */
const MAX_RELATIVES = 5;

/** Why an image is there, what decides about it, and what would have to change. `planUnused` is a command to name. */
export function renderExplanation(
  output: Output,
  explanation: Explanation,
  elsewhere: Elsewhere | undefined,
  planUnused: string,
  nowMs: number,
): string {
  const { image, uses, usedElsewhere, useUnknown, fate, plan } = explanation;
  const users = [...uses.map(describeUse), ...listUsers(usedElsewhere)];
  // A registry does not see what runs.
  const isAsked = plan.target.kind !== "registry" || plan.askedHosts !== undefined;
  const missing = isAsked ? useUnknown : NOT_ASKED;
  return renderFields(output, nameImage(image), [
    ["ID", [image.id]],
    ["Names", image.references.map(familiarName)],
    ["State", missing !== undefined && users.length === 0 ? [] : [explanation.state]],
    ["Used by", users.length === 0 ? [printable(missing ?? "nothing")] : users],
    ["Last used", [formatAgo(image.lastUsedAt, nowMs)]],
    ["Created", [formatAgo(image.createdAt, nowMs)]],
    ["Relatives", relativesByKind(explanation)],
    ["Decision", [decisionOf(fate, plan.policy.source)]],
    ["Because", reasonsOf(fate)],
    ["Rules", sayPaths(explanation, plan.policy.source)],
    ["Alone", [freedAlone(explanation)]],
    [
      "In the plan",
      fate.kind === "delete" ? [freedInPlan(fate.action.freesBytes, explanation)] : [],
    ],
    ["Elsewhere", elsewhere === undefined ? [] : [sayElsewhere(elsewhere)]],
    ["Way back", fate.kind === "delete" ? [fate.action.recovery.detail] : []],
    ["Otherwise", otherPolicies(explanation, planUnused)],
    ["To change", changes(explanation)],
  ]);
}

const NOT_ASKED = "not known: a policy file names the hosts to ask (-p FILE)";

function relativesByKind({ relatives }: Explanation): readonly string[] {
  const names = new Map<string, string[]>();
  for (const { relation, image } of relatives)
    names.set(relation, [...(names.get(relation) ?? []), nameImage(image)]);
  return [...names].map(([relation, images]) => `${relation}: ${listSome(images, MAX_RELATIVES)}`);
}

function freedAlone({ exclusive, shared, goesWith, plan }: Explanation): string {
  const others =
    goesWith.length === 0 ? "" : `, with ${count(goesWith.length, "image")} only there for it`;
  const disk =
    exclusive.diskBytes === undefined ? "" : ` (${formatSize(exclusive.diskBytes)} on disk)`;
  return `its removal would free ${formatPredicted(exclusive.bytes, plan.accuracy)}${disk}${others}; ${formatSize(shared.bytes)} is shared and would stay`;
}

function freedInPlan(freesBytes: number, { plan }: Explanation): string {
  return `frees ${formatPredicted(freesBytes, plan.accuracy)} of ${formatPredicted(plan.totals.freesBytes, plan.accuracy)}, after what goes before it`;
}

function sayElsewhere(elsewhere: Elsewhere): string {
  if (elsewhere.kind === "nowhere") return "nowhere else: no registry is known to have it";
  const name = familiarName(elsewhere.name);
  switch (elsewhere.kind) {
    case "perhaps":
      return `can perhaps be pulled again as ${name}; nobody has asked (--ask-registries)`;
    case "held":
      return `can be pulled again as ${name}: its registry was asked just now`;
    case "not-held":
      return `nowhere else as far as is known: its registry, asked for ${name}, does not tell that it has all of it`;
    default:
      return elsewhere satisfies never;
  }
}

function otherPolicies({ otherwise }: Explanation, planUnused: string): readonly string[] {
  return otherwise.map(({ policy, fate }) =>
    fate.kind === "delete"
      ? `by ${policy} it goes (${planUnused})`
      : `by ${policy} it stays as well (${reasonsOf(fate).join("; ")})`,
  );
}

function changes(explanation: Explanation): readonly string[] {
  const { fate, turns } = explanation;
  if (turns.length > 0) return sayTurns(turns);
  return fate.kind === "keep" ? changesNeeded(explanation) : [];
}

/** What a person could do about all that keeps it, by the asked policy and by the others. */
function changesNeeded(explanation: Explanation): readonly string[] {
  const { fate, otherwise, uses, usedElsewhere, relatives } = explanation;
  const fates = [fate, ...otherwise.map((other) => other.fate)];
  const rules = new Set(
    fates.flatMap((each) => (each.kind === "keep" ? each.reasons.map(({ rule }) => rule) : [])),
  );
  const steps = uses.map((use) =>
    use.kind === "service"
      ? `change or remove ${describeUse(use)}`
      : `remove container ${use.name}`,
  );
  if (rules.has(RULES.neededBy)) {
    const holders = relatives
      .filter(({ relation }) => HOLDERS.has(relation))
      .map((relative) => nameImage(relative.image));
    if (holders.length > 0) steps.push(`remove ${listSome(holders, MAX_RELATIVES)} first`);
  }
  if (usedElsewhere.length > 0) steps.push(...stepsElsewhere(usedElsewhere));
  if (rules.has(RULES.protected)) steps.push("take it off the policy's protected images");
  if (rules.has(RULES.usageUnknown)) steps.push("let everything be read that could use it");
  if (rules.has(RULES.unreadable)) steps.push("make it readable");
  return [...new Set(steps)];
}

function stepsElsewhere(held: readonly Held[]): readonly string[] {
  const hosts = [...new Set(held.map(({ host }) => printable(sayHost(host))))].toSorted();
  const isUsed = held.some(({ users }) => users.length > 0);
  return [`${isUsed ? "end its use, and take it off" : "take it off"} ${hosts.join(", ")}`];
}

const HOLDERS: ReadonlySet<string> = new Set(["built on it", "index that lists it", "its subject"]);
