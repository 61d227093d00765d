import type { ContentGraph, Removals } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { activeMsOf, momentOf } from "../policy/image-age.ts";
import type { Policy } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";
import type { Settled } from "./follow-neighbours.ts";
import type { ImageFacts } from "./image-facts.ts";
import type { Verdict } from "./image-verdicts.ts";
import { RULES, sayMoment } from "./reason.ts";

/** Why more must go than the rules take, and how much: bytes to be freed by images, those of the rules included. */
export interface Demand {
  readonly rule: typeof RULES.free | typeof RULES.headroom;
  readonly bytes: number;
  readonly why: string;
}

/** What `--free` or the load line asks for; undefined when neither does. The larger demand counts. */
export function demandOf(
  policy: Policy,
  inventory: Inventory,
  otherFreedBytes: number,
): Demand | undefined {
  const demands: Demand[] = [];
  if (policy.freeBytes !== undefined) {
    demands.push({
      rule: RULES.free,
      bytes: policy.freeBytes - otherFreedBytes,
      why: `to free ${formatSize(policy.freeBytes)}`,
    });
  }
  const disk = inventory.engine?.disk;
  if (policy.headroom && disk && disk.totalBytes > 0) {
    const usedBytes = disk.totalBytes - Math.min(disk.freeBytes, disk.totalBytes);
    const { start, stop } = policy.headroom;
    if (usedBytes >= start * disk.totalBytes) {
      const percent = Math.round((100 * usedBytes) / disk.totalBytes);
      const why = `the disk is ${percent} % full, to be brought below ${Math.round(stop * 100)} %`;
      demands.push({
        rule: RULES.headroom,
        bytes: usedBytes - stop * disk.totalBytes - otherFreedBytes,
        why,
      });
    }
  }
  return demands.toSorted((a, b) => b.bytes - a.bytes)[0];
}

/**
 * Extends what the rules take to a least-valuable set that frees at least the demand and not needlessly more: the least
 * recently active images first, among equals those that a registry may still have, then the smallest; then, from the most
 * recently active back, whatever the demand does not need stays after all. Images of unknown age are not touched. Answers
 * the bytes that cannot be reached.
 */
export function freeSpace(
  demand: Demand,
  facts: ImageFacts,
  verdicts: readonly Verdict[],
  settled: Settled[],
  graph: ContentGraph,
  nowMs: number,
): { readonly missingBytes: number } {
  const removals = graph.removals();
  const gone = new Set<number>();
  for (const [position, verdict] of settled.entries()) {
    if (verdict.kind !== "delete") continue;
    gone.add(position);
    removals.add(position);
  }
  const candidates = leastValuableFirst(facts, settled);
  const eligible = new Set(candidates);
  const chosen: number[] = [];
  for (const candidate of candidates) {
    if (removals.freed.bytes >= demand.bytes) break;
    take(candidate, { facts, verdicts, eligible, gone, removals, chosen });
  }
  giveBackNeedless(demand.bytes, facts, gone, removals, chosen);
  for (const position of chosen) {
    if (!gone.has(position)) continue;
    const image = facts.images[position];
    const moment = image && momentOf(image, "active");
    const detail = moment
      ? `${sayMoment(moment, nowMs)}, least recently active first, ${demand.why}`
      : `belongs to what goes ${demand.why}`;
    settled[position] = { kind: "delete", rule: demand.rule, detail, untag: false };
  }
  return { missingBytes: Math.max(0, demand.bytes - removals.freed.bytes) };
}

function leastValuableFirst(facts: ImageFacts, settled: readonly Settled[]): readonly number[] {
  return facts.images
    .map((image, position) => ({
      image,
      position,
      atMs: activeMsOf(image),
      pullable: image.repoDigests.length > 0 ? 0 : 1,
    }))
    .filter(({ position, atMs }) => {
      const verdict = settled[position];
      return verdict?.kind === "keep" && verdict.evictable && !Number.isNaN(atMs);
    })
    .sort(
      (a, b) =>
        a.atMs - b.atMs ||
        a.pullable - b.pullable ||
        a.image.sizeBytes - b.image.sizeBytes ||
        a.position - b.position,
    )
    .map(({ position }) => position);
}

interface Choice {
  readonly facts: ImageFacts;
  readonly verdicts: readonly Verdict[];
  readonly eligible: ReadonlySet<number>;
  readonly gone: Set<number>;
  readonly removals: Removals;
  readonly chosen: number[];
}

/** Takes an image once nothing that stays stands on it, and with it what then belongs to nothing any more. */
function take(first: number, choice: Choice): void {
  const { facts, verdicts, eligible, gone, removals, chosen } = choice;
  const queue = [first];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const takes = id === first || verdicts[id]?.kind === "follow";
    if (gone.has(id) || !takes || (id === first && !eligible.has(id))) continue;
    if ((facts.heldBy.get(id) ?? []).some((holder) => !gone.has(holder))) continue;
    gone.add(id);
    chosen.push(id);
    removals.add(id);
    queue.push(...(facts.holds.get(id) ?? []));
  }
}

function giveBackNeedless(
  neededBytes: number,
  facts: ImageFacts,
  gone: Set<number>,
  removals: Removals,
  chosen: readonly number[],
): void {
  const extra = new Set(chosen);
  for (const id of chosen.toReversed()) {
    if (!gone.has(id)) continue;
    const together = standsOn(id, facts, gone);
    if (![...together].every((member) => extra.has(member))) continue;
    const before = removals.freed.bytes;
    for (const member of together) removals.takeBack(member);
    if (removals.freed.bytes >= neededBytes || removals.freed.bytes === before) {
      for (const member of together) gone.delete(member);
    } else {
      for (const member of together) removals.add(member);
    }
  }
}

/** The image and everything in the set that has to stay if it stays. */
function standsOn(id: number, facts: ImageFacts, gone: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set([id]);
  for (const each of found)
    for (const held of facts.holds.get(each) ?? []) if (gone.has(held)) found.add(held);
  return found;
}
