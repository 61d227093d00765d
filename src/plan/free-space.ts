import type { ContentGraph, Removals } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { momentOf } from "../policy/image-age.ts";
import type { Policy } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";
import type { Settled } from "./follow-neighbours.ts";
import { headroomDemand } from "./headroom.ts";
import type { ImageFacts } from "./image-facts.ts";
import { leastValuableFirst } from "./least-valuable-first.ts";
import { RULES, sayMoment } from "./reason.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Why more must go than the rules take, and how much: bytes to be freed by image content, that which the rules free
 * included.
 */
export interface Demand {
  readonly rule: typeof RULES.free | typeof RULES.headroom;
  readonly bytes: number;
  readonly why: string;
}

/** What goes besides images. */
export interface FreedBesides {
  /** By what is no content: containers, volumes, the cache's own. */
  readonly bytes: number;
  /** Content that only the cache records which go stand on. */
  readonly cacheContentBytes: number;
}

/** What `--free` or the load line asks for; undefined when neither does. The larger demand counts. */
export function demandOf(
  policy: Policy,
  inventory: Inventory,
  graph: ContentGraph,
  besides: FreedBesides,
): Demand | undefined {
  const demands: Demand[] = [];
  if (policy.freeBytes !== undefined) {
    demands.push({
      rule: RULES.free,
      bytes: policy.freeBytes - besides.bytes,
      why: `to free ${formatSize(policy.freeBytes)}`,
    });
  }
  const line = policy.headroom && headroomDemand(policy.headroom, inventory, graph);
  if (line) {
    // Content of the cache counts as freed below, and is none of the images'.
    const bytes =
      line.of === "disk" ? line.bytes - besides.bytes : line.bytes + besides.cacheContentBytes;
    demands.push({ rule: RULES.headroom, bytes, why: line.why });
  }
  return demands.toSorted((a, b) => b.bytes - a.bytes)[0];
}

/** What the rules take before more is taken. Verdicts and answers stand at the positions of `facts.images`. */
export interface Taken {
  readonly facts: ImageFacts;
  readonly verdicts: readonly Verdict[];
  readonly settled: readonly Settled[];
  /** Positions in the graph of the cache records that go. */
  readonly records: readonly number[];
}

/**
 * Extends what the rules take to a least-valuable set that frees at least the demand and not needlessly more: the least
 * recently active images first, among equals those that a registry may still have, then the smallest; then, from the most
 * recently active back, whatever the demand does not need stays after all. Images of unknown age are not touched. Answers
 * verdicts that are to be settled again, and the bytes that cannot be reached.
 */
export function freeSpace(
  demand: Demand,
  taken: Taken,
  graph: ContentGraph,
  nowMs: number,
): { readonly verdicts: readonly Verdict[]; readonly missingBytes: number } {
  const { facts, settled } = taken;
  const choice: Choice = {
    ...taken,
    gone: new Set(),
    removals: graph.removals(),
    chosen: [],
    waiting: new Set(),
  };
  const { gone, removals, chosen } = choice;
  for (const [position, verdict] of settled.entries()) {
    if (verdict.kind !== "delete") continue;
    gone.add(position);
    removals.add(position);
  }
  for (const record of taken.records) removals.add(record);
  for (const candidate of leastValuableFirst(facts, settled)) {
    if (removals.freed.bytes >= demand.bytes) break;
    take(candidate, choice);
  }
  const evicted = chosen.filter((position) => taken.verdicts[position]?.kind === "keep");
  giveBackNeedless(demand.bytes, evicted, choice);
  const verdicts = [...taken.verdicts];
  for (const position of evicted) {
    const image = facts.images[position];
    const moment = image && momentOf(image, "active");
    if (!gone.has(position) || moment === undefined) continue;
    const detail = `${sayMoment(moment, nowMs)}; least recently active first, ${demand.why}`;
    verdicts[position] = { kind: "delete", rule: demand.rule, detail, untag: false };
  }
  return { verdicts, missingBytes: Math.max(0, demand.bytes - removals.freed.bytes) };
}

interface Choice extends Pick<Taken, "facts" | "verdicts"> {
  readonly gone: Set<number>;
  readonly removals: Removals;
  readonly chosen: number[];
  /** Candidates that something younger stood on when it was their turn. */
  readonly waiting: Set<number>;
}

/**
 * Takes an image once nothing that stays stands on it. With it go what then belongs to nothing any more, what the rules
 * would have taken before, and what was waiting for it.
 */
function take(candidate: number, choice: Choice): void {
  const { facts, verdicts, gone, removals, chosen, waiting } = choice;
  waiting.add(candidate);
  const queue = [candidate];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    const mayGo = waiting.has(id) || verdicts[id]?.kind !== "keep";
    if (gone.has(id) || !mayGo) continue;
    if ((facts.heldBy.get(id) ?? []).some((holder) => !gone.has(holder))) continue;
    gone.add(id);
    chosen.push(id);
    removals.add(id);
    queue.push(...(facts.holds.get(id) ?? []));
  }
}

function giveBackNeedless(neededBytes: number, evicted: readonly number[], choice: Choice): void {
  const { facts, gone, removals } = choice;
  for (const id of evicted.toReversed()) {
    if (!gone.has(id)) continue;
    const together = standsOn(id, facts, gone);
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
