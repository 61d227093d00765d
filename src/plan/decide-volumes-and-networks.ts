import type { Inventory } from "../inventory/inventory.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { createCalendar, type Calendar } from "../policy/calendar.ts";
import { formatDuration } from "../policy/duration.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { Policy, VolumeRule } from "../policy/policy.ts";
import type { Withheld } from "./image-facts.ts";
import { RULES } from "./reason.ts";
import { addDecision, type Judged, type ResourceDecisions } from "./resource-decisions.ts";
import {
  compileResourceRules,
  protectedByLabel,
  type ResourceRule,
  type RuleAnswer,
} from "./resource-rules.ts";
import { sayUntil } from "./say-criterion.ts";

/**
 * Which volumes and networks go. What any container mounts or is attached to stays, stopped ones and those that this plan
 * removes included: what they free can go by a later plan. A volume that no rule names stays, and so does everything
 * whose users are not known.
 */
export function decideVolumes(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
  libraries: PolicyLibraries,
  withheld: Withheld = new Map(),
): ResourceDecisions {
  const decisions: ResourceDecisions = { actions: [], kept: [] };
  if (policy.volumes === undefined) return decisions;
  const archived = new Set(
    policy.volumes.flatMap(({ name, recovery }) => (recovery === "archive" ? [name] : [])),
  );
  const calendar = createCalendar(policy.timeZone);
  const isProtected = protectedByLabel(policy.protect, libraries);
  const ruleFor = compileResourceRules(policy.volumes.map(onlyNamed), libraries);
  const usersOf = usersBy(inventory, ({ volumes }) => volumes);
  for (const volume of inventory.volumes.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (volume.driver !== "local") {
      const detail = `its driver ${volume.driver} keeps it outside this host`;
      decisions.kept.push({
        subject: volume.name,
        references: [volume.name],
        reasons: [{ rule: RULES.noRule, detail }],
      });
      continue;
    }
    const users = usersOf(volume.name);
    const judged = judge(
      usersUnknown(inventory, "volumes"),
      users,
      isProtected(volume.labels),
      ruleFor(volume, ({ which }) => (which === "anonymous") === volume.anonymous),
      volume.createdAt,
      nowMs,
      calendar,
    );
    const obstacle = withheld.get(volume.name);
    const stays: Judged | undefined =
      obstacle === undefined || "keep" in judged
        ? undefined
        : { keep: { rule: RULES.noWayBack, detail: obstacle } };
    addDecision(decisions, stays ?? judged, {
      kind: "remove-volume",
      subject: volume.name,
      references: [volume.name],
      freesBytes: volume.sizeBytes ?? 0,
      wave: 1,
      recovery:
        "rule" in judged && archived.has(judged.rule)
          ? { way: "archive", detail: "put into the recovery bin as a tar before it goes" }
          : { way: "none", detail: "its content is lost, and no undo brings it back" },
    });
  }
  return decisions;
}

export function decideNetworks(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
  libraries: PolicyLibraries,
): ResourceDecisions {
  const decisions: ResourceDecisions = { actions: [], kept: [] };
  if (policy.networks === undefined) return decisions;
  const ruleFor = compileResourceRules(policy.networks, libraries);
  const calendar = createCalendar(policy.timeZone);
  const isProtected = protectedByLabel(policy.protect, libraries);
  const usersOf = usersBy(inventory, ({ networks }) => networks);
  for (const network of inventory.networks.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (network.builtIn) continue;
    const users = usersOf(network.id, network.name);
    const swarm = network.scope === "local" ? [] : ["the swarm"];
    const judged = judge(
      usersUnknown(inventory, "networks"),
      [...users, ...swarm],
      isProtected(network.labels),
      ruleFor(network, () => true),
      network.createdAt,
      nowMs,
      calendar,
    );
    addDecision(decisions, judged, {
      kind: "remove-network",
      subject: network.id,
      references: [network.name],
      freesBytes: 0,
      wave: 1,
      recovery: { way: "record", detail: "made again from what is recorded of it" },
    });
  }
  return decisions;
}

/** A rule takes a named volume only by its name or a label: what says neither holds for none. */
function onlyNamed(rule: VolumeRule): VolumeRule {
  if (rule.which === "anonymous") return rule;
  const match = (rule.match ?? []).filter(
    ({ name, label }) => name !== undefined || label !== undefined,
  );
  return { ...rule, match };
}

/** Why it cannot be told what uses things of one kind. */
function usersUnknown({ unread }: Inventory, part: "volumes" | "networks"): string | undefined {
  if (unread.includes("containers")) return "the containers could not be read";
  return unread.includes(part) ? "it is not known what uses it" : undefined;
}

function judge(
  hidden: string | undefined,
  users: readonly string[],
  isProtected: boolean,
  answer: RuleAnswer<ResourceRule>,
  createdAt: string | undefined,
  nowMs: number,
  calendar: Calendar,
): Judged {
  const keep = (ruleName: string, detail: string): Judged => ({ keep: { rule: ruleName, detail } });
  const createdMs = timeMs(createdAt);
  if (hidden !== undefined) return keep(RULES.usageUnknown, hidden);
  if (users.length > 0) return keep(RULES.inUse, `used by ${users.join(", ")}`);
  if (isProtected) return keep(RULES.protected, "the policy protects it by a label");
  if (answer.kind === "none" || answer.kind === "unknown")
    return keep(RULES.noRule, "no rule names it");
  const { rule } = answer;
  if (answer.kind === "excepted") return keep(rule.name, "the rule makes an exception of it");
  if (Number.isNaN(createdMs)) return keep(RULES.ageUnknown, "when it was created is unknown");
  const age = `created ${formatDuration(nowMs - createdMs)} ago`;
  if (nowMs - createdMs <= rule.within)
    return keep(rule.name, `${age}; ${sayUntil(createdMs, rule.within, calendar)}`);
  return {
    rule: rule.name,
    reason: `used by no container, ${age}, kept only for ${formatDuration(rule.within)}`,
  };
}

/** Who uses what goes by any of the names, sorted. */
function usersBy(
  inventory: Inventory,
  namesOf: (container: Inventory["containers"][number]) => readonly string[],
): (...names: readonly string[]) => readonly string[] {
  const users = new Map<string, string[]>();
  for (const container of inventory.containers) {
    for (const name of namesOf(container)) {
      const known = users.get(name);
      if (known) known.push(`container ${container.name}`);
      else users.set(name, [`container ${container.name}`]);
    }
  }
  return (...names) => [...new Set(names.flatMap((name) => users.get(name) ?? []))].toSorted();
}
