import { createContentGraph } from "../inventory/content-graph.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import { planExpiry, type BinMoment } from "./retain-bin.ts";

/** What is to go from the bin: any of these. */
export interface BinSelection {
  readonly keys: readonly string[];
  /** Everything that is not pinned. */
  readonly all: boolean;
  /** What is past its time. */
  readonly expired: boolean;
  /** The oldest, until the bin takes no more than this. */
  readonly atMostBytes?: number;
}

export interface BinEmptying {
  /** The oldest first. */
  readonly entries: readonly BinEntry[];
  /** Of blobs that no image that stays needs. */
  readonly freesBytes: number;
}

/** Tells what a selection takes, and what that frees. */
export async function planEmptying(
  bin: RecoveryBin,
  { keys, all, expired, atMostBytes }: BinSelection,
  moment: BinMoment,
): Promise<BinEmptying> {
  const chosen = new Set(keys);
  if (expired || atMostBytes !== undefined) {
    const limits = atMostBytes === undefined ? {} : { atMostBytes };
    const expiry = await planExpiry(bin, limits, moment);
    for (const { key } of expiry.entries) chosen.add(key);
  }
  const entries = (await bin.entries())
    .filter(({ key, pinned }) => chosen.has(key) || (all && !pinned))
    .toSorted((a, b) => (a.image.removedAt < b.image.removedAt ? -1 : 1));
  const graph = createContentGraph(await bin.inventory());
  return { entries, freesBytes: graph.freedBy(entries.map(({ key }) => key)).bytes };
}
