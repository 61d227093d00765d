import type { Inventory } from "../inventory/inventory.ts";
import type { Container } from "../inventory/resources.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { isStopped } from "../inventory/image-use.ts";
import { formatDuration } from "../policy/duration.ts";
import { compileLabelTest } from "../policy/match.ts";
import type { Policy } from "../policy/policy.ts";
import { RULES } from "./reason.ts";
import type { ResourceDecisions } from "./resource-decisions.ts";

/**
 * Which stopped containers go: those that ended longer ago than the rule keeps them. One that never ran counts from its
 * creation; one that ran and whose end is unknown stays.
 */
export function decideContainers(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
): ResourceDecisions {
  const rule = policy.containers;
  if (rule === undefined) return { actions: [], kept: [] };
  const isProtected = protectedByLabel(policy);
  const wanted = (rule.labels ?? []).map(compileLabelTest);
  const decisions: ResourceDecisions = { actions: [], kept: [] };
  const containers = inventory.containers.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const container of containers) {
    const keep = (ruleName: string, detail: string): void => {
      decisions.kept.push({
        subject: container.id,
        references: [container.name],
        reasons: [{ rule: ruleName, detail }],
      });
    };
    const ended = endOf(container);
    if (!isStopped(container)) keep(RULES.inUse, `the container is ${container.state}`);
    else if (isProtected(container.labels))
      keep(RULES.protected, "the policy protects it by a label");
    else if (wanted.length > 0 && !wanted.every((test) => test(container.labels)))
      keep(RULES.noRule, "it lacks the labels of the rule");
    else if (ended === undefined) keep(RULES.ageUnknown, "when it ended is unknown");
    else if (nowMs - ended.atMs <= rule.within)
      keep(
        rule.name,
        `${ended.what} ${formatDuration(nowMs - ended.atMs)} ago; kept for ${formatDuration(rule.within)}`,
      );
    else {
      decisions.actions.push({
        kind: "remove-container",
        subject: container.id,
        references: [container.name],
        rule: rule.name,
        reason: `${ended.what} ${formatDuration(nowMs - ended.atMs)} ago, kept only for ${formatDuration(rule.within)}`,
        freesBytes: container.sizeBytes ?? 0,
        wave: 0,
        recovery: { way: "none", detail: "what it wrote outside volumes is lost" },
      });
    }
  }
  return decisions;
}

/** Labels under `protect` protect containers, volumes and networks as well. */
export function protectedByLabel(
  policy: Policy,
): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = policy.protect.flatMap(({ label }) =>
    label === undefined ? [] : [compileLabelTest(label)],
  );
  return (labels) => tests.some((test) => test(labels));
}

function endOf(container: Container): { atMs: number; what: string } | undefined {
  const finished = timeMs(container.finishedAt);
  if (!Number.isNaN(finished)) return { atMs: finished, what: "ended" };
  const created = timeMs(container.createdAt);
  return container.state === "created" && !Number.isNaN(created)
    ? { atMs: created, what: "never started, created" }
    : undefined;
}
