import type { Inventory } from "../inventory/inventory.ts";
import { timeMs } from "../inventory/time-ms.ts";
import type { Policy } from "../policy/policy.ts";
import type { BinEntry, BinRemoval, RecoveryBin, RemovedImage } from "../ports/recovery-bin.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

/** How long an image is kept if nothing was said when it was removed. */
const DEFAULT_KEEP_MS = 14 * 86_400_000;

/** Labels that the images of a bin's inventory are given for the planner's rules. */
const LABEL = { spared: "spared", keepMs: "keep-ms" } as const;

export interface BinMoment {
  readonly nowMs: number;
  readonly sha256: Sha256;
}

/** What no longer has to be kept. */
export interface BinExpiry {
  /** The oldest first. */
  readonly entries: readonly BinEntry[];
  /** By the planner's count: what no other image needs. */
  readonly freesBytes: number;
}

export interface BinLimits {
  readonly atMostBytes?: number;
  /** What the run with this plan has put there stays. */
  readonly sparedPlanId?: string;
}

/** Until when an image is kept as was promised; undefined where it is not known when it was removed. */
export function keptUntilMs({ removedAt, keepMs }: RemovedImage): number | undefined {
  const atMs = timeMs(removedAt);
  return Number.isNaN(atMs) ? undefined : atMs + (keepMs ?? DEFAULT_KEEP_MS);
}

/**
 * Decides with the planner, on the bin as a target of its own: what is older than was promised goes, then, while the bin
 * takes more than `atMostBytes`, the oldest. What is pinned never does.
 */
export async function planExpiry(
  bin: RecoveryBin,
  { atMostBytes, sparedPlanId }: BinLimits,
  { nowMs, sha256 }: BinMoment,
): Promise<BinExpiry> {
  const entries = await bin.entries();
  const isSpared = ({ pinned, image }: BinEntry): boolean =>
    pinned || image.planId === sparedPlanId;
  const inventory = withLabels(await bin.inventory(), entries, isSpared);
  const policy = policyOf(entries, atMostBytes);
  const plan = await planRemovals(inventory, policy, new Date(nowMs).toISOString(), sha256);
  const going = new Set(plan.actions.map(({ subject }) => subject));
  return {
    entries: entries.filter(({ key }) => going.has(key)).toSorted(oldestFirst),
    freesBytes: plan.totals.freesBytes,
  };
}

/** Takes from the bin what no longer has to be kept. */
export async function retainBin(
  bin: RecoveryBin,
  limits: BinLimits,
  moment: BinMoment,
): Promise<BinRemoval & { readonly entries: readonly BinEntry[] }> {
  const { entries } = await planExpiry(bin, limits, moment);
  if (entries.length === 0) return { entries, freedBytes: 0 };
  return { entries, ...(await bin.remove(entries.map(({ key }) => key))) };
}

function withLabels(
  inventory: Inventory,
  entries: readonly BinEntry[],
  isSpared: (entry: BinEntry) => boolean,
): Inventory {
  const known = new Map(entries.map((entry) => [entry.key, entry]));
  const images = inventory.images.flatMap((image) => {
    const entry = known.get(image.id);
    // One that came since is not decided about.
    if (entry === undefined) return [];
    const labels = {
      [LABEL.keepMs]: String(entry.image.keepMs ?? DEFAULT_KEEP_MS),
      ...(isSpared(entry) ? { [LABEL.spared]: "true" } : {}),
    };
    return [{ ...image, labels }];
  });
  return { ...inventory, images };
}

/** One rule for each time that was promised: a change of the policy does not shorten what was said at a removal. */
function policyOf(entries: readonly BinEntry[], atMostBytes: number | undefined): Policy {
  const promises = new Set(entries.map(({ image }) => image.keepMs ?? DEFAULT_KEEP_MS));
  const limit = atMostBytes === undefined ? undefined : { bytes: atMostBytes };
  return {
    source: "recovery bin",
    protect: [{ label: LABEL.spared }],
    images: [...promises].map((keepMs) => ({
      name: `kept-${keepMs}`,
      match: { label: `${LABEL.keepMs}=${keepMs}` },
      keep: { within: keepMs, by: "arrived" },
      underPressure: true,
    })),
    ...(limit === undefined ? {} : { headroom: { of: "images", start: limit, stop: limit } }),
  };
}

function oldestFirst(a: BinEntry, b: BinEntry): number {
  return a.image.removedAt < b.image.removedAt ? -1 : 1;
}
