import type { Inventory } from "../inventory/inventory.ts";
import type { Container } from "../inventory/resources.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { isStopped } from "../inventory/image-use.ts";
import { createCalendar, type Calendar } from "../policy/calendar.ts";
import { formatDuration } from "../policy/duration.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { ContainerRule, Policy } from "../policy/policy.ts";
import { CONTAINER_WAY_BACK } from "./container-recovery.ts";
import { RULES } from "./reason.ts";
import { addDecision, type Judged, type ResourceDecisions } from "./resource-decisions.ts";
import { compileResourceRules, protectedByLabel } from "./resource-rules.ts";
import { sayUntil } from "./say-criterion.ts";

/**
 * Which stopped containers go: those that the first rule about them keeps no longer. One that never ran counts from its
 * creation; one that ran and whose end is unknown stays.
 */
export function decideContainers(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
  libraries: PolicyLibraries,
): ResourceDecisions {
  const decisions: ResourceDecisions = { actions: [], kept: [] };
  if (policy.containers === undefined) return decisions;
  const isProtected = protectedByLabel(policy.protect, libraries);
  const ruleFor = compileResourceRules(policy.containers, libraries);
  const calendar = createCalendar(policy.timeZone);
  const imageNames = imageNamesOf(inventory);
  const judge = (container: Container): Judged => {
    if (!isStopped(container))
      return { keep: { rule: RULES.inUse, detail: `the container is ${container.state}` } };
    if (isProtected(container.labels))
      return { keep: { rule: RULES.protected, detail: "the policy protects it by a label" } };
    const { name, labels } = container;
    const state = stateOf(container);
    const resource = { name, labels, images: imageNames(container), state: container.state };
    const answer = ruleFor(resource, ({ states }) => states.includes(state));
    if (answer.kind === "none")
      return { keep: { rule: RULES.noRule, detail: "no rule matches it" } };
    const { rule } = answer;
    if (answer.kind === "excepted")
      return { keep: { rule: rule.name, detail: "the rule makes an exception of it" } };
    if (answer.kind === "unknown") {
      const detail = `its image is known by no name, and the rule "${rule.name}" asks for it`;
      return { keep: { rule: RULES.usageUnknown, detail } };
    }
    return judgeAge(container, state, rule, nowMs, calendar);
  };
  for (const container of inventory.containers.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    addDecision(decisions, judge(container), {
      kind: "remove-container",
      subject: container.id,
      references: [container.name],
      freesBytes: container.sizeBytes ?? 0,
      wave: 0,
      recovery: CONTAINER_WAY_BACK,
    });
  }
  return decisions;
}

function judgeAge(
  container: Container,
  state: ContainerRule["states"][number],
  { name, within }: ContainerRule,
  nowMs: number,
  calendar: Calendar,
): Judged {
  const endedMs = timeMs(state === "created" ? container.createdAt : container.finishedAt);
  if (Number.isNaN(endedMs))
    return { keep: { rule: RULES.ageUnknown, detail: "when it ended is unknown" } };
  const what = state === "created" ? "never started, created" : "ended";
  const age = `${what} ${formatDuration(nowMs - endedMs)} ago`;
  return nowMs - endedMs <= within
    ? { keep: { rule: name, detail: `${age}; ${sayUntil(endedMs, within, calendar)}` } }
    : { rule: name, reason: `${age}, kept only for ${formatDuration(within)}` };
}

/** A container that ended is `exited`, whatever the engine calls its state since. */
function stateOf(container: Container): ContainerRule["states"][number] {
  const hasEnded = !Number.isNaN(timeMs(container.finishedAt));
  return container.state === "created" && !hasEnded ? "created" : "exited";
}

/** The name that the engine shows; where that has moved on and an ID is shown, the names that the image has now. */
function imageNamesOf({ images }: Inventory): (container: Container) => readonly string[] {
  let byId: ReadonlyMap<string, readonly string[]> | undefined;
  return ({ image, imageId }) => {
    byId ??= new Map(images.map(({ id, references }) => [id, references]));
    const isId = image === imageId || /^(?:sha256:)?[a-f0-9]{12,64}$/.test(image);
    return isId ? (byId.get(imageId) ?? []) : [image];
  };
}
