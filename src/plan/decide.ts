import { createContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { policyText } from "../policy/policy-text.ts";
import type { Policy } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";
import { assemblePlan, type DecideContext } from "./assemble-plan.ts";
import { decideBuildCache, ownBytes } from "./decide-build-cache.ts";
import { decideContainers } from "./decide-containers.ts";
import { decideNetworks, decideVolumes } from "./decide-volumes-and-networks.ts";
import { noteOfHosts } from "./foreign-use.ts";
import { followNeighbours } from "./follow-neighbours.ts";
import { demandOf, freeSpace } from "./free-space.ts";
import { imageFacts } from "./image-facts.ts";
import { judgeImages } from "./image-verdicts.ts";
import { exceededLimits } from "./limits.ts";
import type { Plan } from "./plan.ts";

/**
 * Decides what may go and why everything else stays. Every image gets exactly one decision: it is the subject of one
 * `delete-image` action or of one kept entry. Pure: the same inventory, in whatever order, policy and moment give the same
 * plan, byte for byte.
 */
export function decide(inventory: Inventory, policy: Policy, context: DecideContext): Plan {
  const nowMs = Date.parse(context.now);
  // Every age would be unknown, and compare as older than any limit.
  if (Number.isNaN(nowMs)) throw new RangeError(`"${context.now}" is not a time`);
  const { libraries } = context;
  const containers = decideContainers(inventory, policy, nowMs, libraries);
  const volumes = decideVolumes(inventory, policy, nowMs, libraries, context.withheld);
  const networks = decideNetworks(inventory, policy, nowMs, libraries);
  const removed = new Set(containers.actions.map(({ subject }) => subject));
  const facts = imageFacts(inventory, removed, context.withheld, context.foreignUse);
  const graph = createContentGraph(inventory);
  const verdicts = judgeImages(inventory, policy, facts, nowMs, libraries);
  const cache = decideBuildCache(inventory, policy, nowMs);
  let settled = followNeighbours(facts, verdicts);

  const notes = [...noteOfHosts(inventory, policy.inUseOn, context.foreignUse)];
  const bytes = [
    ...[...containers.actions, ...volumes.actions].map(({ freesBytes }) => freesBytes),
    ...cache.map(({ record }) => ownBytes(record)),
  ].reduce((sum, each) => sum + each, 0);
  const cacheContentBytes = graph.freedBy(cache.map(({ record }) => record.id)).bytes;
  const demand = demandOf(policy, inventory, graph, { bytes, cacheContentBytes });
  if (demand && demand.bytes > 0) {
    const records = cache.flatMap(({ record }) => graph.positionOf(record.id) ?? []);
    const { verdicts: extended, missingBytes } = freeSpace(
      demand,
      { facts, verdicts, settled, records },
      graph,
      nowMs,
    );
    settled = followNeighbours(facts, extended);
    if (missingBytes > 0) {
      notes.push(
        `not enough can go ${demand.why}: ${formatSize(missingBytes)} is missing; everything else is kept by a rule, in use, or of unknown age`,
      );
    }
  }
  return assemblePlan({
    inventory,
    policy: { source: policy.source, text: policyText(policy) },
    context,
    facts,
    graph,
    settled,
    notes,
    resources: [containers, volumes, networks],
    cache,
    limits: (planned) => exceededLimits(inventory, policy, planned),
  });
}
