import type { Inventory } from "../inventory/inventory.ts";
import type { CacheRecord } from "../inventory/resources.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { formatDuration } from "../policy/duration.ts";
import type { Policy } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";

/** A cache record that goes. */
export interface ExpiredRecord {
  readonly record: CacheRecord;
  readonly rule: string;
  readonly reason: string;
  /** A record goes before the records it was made from. */
  readonly depth: number;
}

/**
 * Which records of the build cache go: those not used for longer than the rule keeps them, then the least recently used
 * until no more than the rule allows is left. A record in use stays, and so does one that a staying record was made from;
 * an unknown time keeps.
 */
export function decideBuildCache(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
): readonly ExpiredRecord[] {
  const rule = policy.buildCache;
  if (rule === undefined || inventory.unread.includes("build-cache")) return [];
  const children = new Map<string, CacheRecord[]>();
  for (const record of inventory.buildCache) {
    for (const parent of record.parents)
      children.set(parent, [...(children.get(parent) ?? []), record]);
  }
  const oldestFirst = inventory.buildCache
    .map((record) => ({ record, atMs: timeMs(record.lastUsedAt ?? record.createdAt) }))
    .filter(({ record, atMs }) => !record.inUse && !Number.isNaN(atMs))
    .sort((a, b) => a.atMs - b.atMs || (a.record.id < b.record.id ? -1 : 1));
  const gone = new Map<string, ExpiredRecord>();
  let leftBytes = inventory.buildCache.reduce((sum, record) => sum + ownBytes(record), 0);

  const tryTake = (record: CacheRecord, reason: string): boolean => {
    const depths = (children.get(record.id) ?? []).map((child) => gone.get(child.id)?.depth);
    if (depths.includes(undefined)) return false;
    const depth = Math.max(-1, ...depths.map((each) => each ?? 0)) + 1;
    gone.set(record.id, { record, rule: rule.name, reason, depth });
    leftBytes -= ownBytes(record);
    return true;
  };
  /** Children are used no earlier than their parents as a rule, not always: repeat until nothing more goes. */
  const takeAll = (reasonFor: (record: CacheRecord, atMs: number) => string | undefined): void => {
    for (let changed = true; changed;) {
      changed = false;
      for (const { record, atMs } of oldestFirst) {
        const reason = gone.has(record.id) ? undefined : reasonFor(record, atMs);
        if (reason !== undefined && tryTake(record, reason)) changed = true;
      }
    }
  };
  const { within, atMostBytes } = rule;
  if (within !== undefined) {
    takeAll((_, atMs) =>
      nowMs - atMs > within
        ? `last used ${formatDuration(nowMs - atMs)} ago, kept only for ${formatDuration(within)}`
        : undefined,
    );
  }
  if (atMostBytes !== undefined) {
    takeAll((_, atMs) =>
      leftBytes > atMostBytes
        ? `last used ${formatDuration(nowMs - atMs)} ago; the cache may take ${formatSize(atMostBytes)}`
        : undefined,
    );
  }
  return [...gone.values()].toSorted(
    (a, b) => a.depth - b.depth || (a.record.id < b.record.id ? -1 : 1),
  );
}

/** Bytes that go with the record alone; those of blobs that it holds besides are the content graph's. */
export function ownBytes(record: CacheRecord): number {
  return record.shared ? 0 : record.sizeBytes;
}
