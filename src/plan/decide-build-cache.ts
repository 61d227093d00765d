import type { Inventory } from "../inventory/inventory.ts";
import type { CacheRecord } from "../inventory/resources.ts";
import { timeMs } from "../inventory/time-ms.ts";
import { formatDuration } from "../policy/duration.ts";
import type { BuildCacheRule, Policy } from "../policy/policy.ts";
import { formatSize } from "../policy/size.ts";
import { cacheAllowanceBytes } from "./cache-allowance.ts";

/** A cache record that goes. */
export interface ExpiredRecord {
  readonly record: CacheRecord;
  readonly rule: string;
  readonly reason: string;
  /** A record goes before the records it was made from. */
  readonly depth: number;
}

/**
 * Which records of the build cache go. The rules are carried out one after the other, each on what the earlier ones left:
 * those of its kinds not used for longer than it keeps them, then the least recently used of its kinds until no more than
 * it allows is left of these; with `whileAbove` either only as far as the whole cache takes too much. A record in use stays,
 * and so does one that a staying record was made from; an unknown time keeps.
 */
export function decideBuildCache(
  inventory: Inventory,
  policy: Policy,
  nowMs: number,
): readonly ExpiredRecord[] {
  const rules = policy.buildCache ?? [];
  if (rules.length === 0 || inventory.unread.includes("build-cache")) return [];
  const cache = createCacheLeft(inventory.buildCache);
  for (const rule of rules) {
    const { whileAbove } = rule;
    const allowedBytes =
      whileAbove === undefined
        ? undefined
        : cacheAllowanceBytes(whileAbove, cache.leftBytes(), inventory.engine?.disk);
    // How much it may take depends on a disk that is not known.
    if (allowedBytes === "unknown") continue;
    for (const reasonFor of reasonsOf(rule, nowMs)) cache.take(rule, reasonFor, allowedBytes);
  }
  return cache.gone();
}

/** Why a record goes, undefined where it stays. `leftBytes`: what is left of the records that the rule is about. */
type ReasonFor = (lastUsedMs: number, leftBytes: number) => string | undefined;

/** Each rule on what those before it left. */
function reasonsOf(rule: BuildCacheRule, nowMs: number): readonly ReasonFor[] {
  const { within, atMostBytes, types, whileAbove } = rule;
  const used = (atMs: number): string => `last used ${formatDuration(nowMs - atMs)} ago`;
  const reasons: ReasonFor[] = [];
  if (within !== undefined) {
    reasons.push((atMs) =>
      nowMs - atMs > within ? `${used(atMs)}, kept only for ${formatDuration(within)}` : undefined,
    );
  }
  if (atMostBytes !== undefined) {
    const what = types === undefined ? "the cache" : types.join(" and ");
    reasons.push((atMs, leftBytes) =>
      leftBytes > atMostBytes
        ? `${used(atMs)}; ${what} may take ${formatSize(atMostBytes)}`
        : undefined,
    );
  }
  if (reasons.length === 0 && whileAbove !== undefined) reasons.push(used);
  return reasons;
}

interface CacheLeft {
  /** Of the whole cache. */
  leftBytes(): number;
  /** Takes what there is a reason for, least recently used first, while the whole cache takes more than is allowed. */
  take(rule: BuildCacheRule, reasonFor: ReasonFor, allowedBytes: number | undefined): void;
  gone(): readonly ExpiredRecord[];
}

function createCacheLeft(records: readonly CacheRecord[]): CacheLeft {
  const children = new Map<string, CacheRecord[]>();
  for (const record of records) {
    for (const parent of record.parents)
      children.set(parent, [...(children.get(parent) ?? []), record]);
  }
  const oldestFirst = records
    .map((record) => ({ record, atMs: timeMs(record.lastUsedAt ?? record.createdAt) }))
    .filter(({ record, atMs }) => !record.inUse && !Number.isNaN(atMs))
    .sort((a, b) => a.atMs - b.atMs || (a.record.id < b.record.id ? -1 : 1));
  const gone = new Map<string, ExpiredRecord>();
  /** Undefined while a record that was made from it stays. */
  const depthOf = ({ id }: CacheRecord): number | undefined => {
    const depths = (children.get(id) ?? []).map((child) => gone.get(child.id)?.depth);
    if (depths.includes(undefined)) return undefined;
    return Math.max(-1, ...depths.map((each) => each ?? 0)) + 1;
  };
  const leftOf = (isCounted: (record: CacheRecord) => boolean): number =>
    records
      .filter((record) => isCounted(record) && !gone.has(record.id))
      .reduce((sum, record) => sum + ownBytes(record), 0);
  const leftBytes = (): number => leftOf(() => true);
  return {
    leftBytes,
    take(rule, reasonFor, allowedBytes = -1) {
      const isOfRule = ({ type, shared }: CacheRecord): boolean =>
        (rule.types?.includes(type) ?? true) && !(rule.unshared === true && shared);
      let wholeBytes = leftBytes();
      let ofRuleBytes = leftOf(isOfRule);
      const mayGo = oldestFirst.filter(({ record }) => isOfRule(record));
      // Children are used no earlier than their parents as a rule, not always: repeat until nothing more goes.
      for (let changed = true; changed;) {
        changed = false;
        for (const { record, atMs } of mayGo) {
          if (gone.has(record.id) || wholeBytes <= allowedBytes) continue;
          const reason = reasonFor(atMs, ofRuleBytes);
          const depth = reason === undefined ? undefined : depthOf(record);
          if (reason === undefined || depth === undefined) continue;
          const why =
            allowedBytes < 0 ? reason : `${reason}; the cache may take ${formatSize(allowedBytes)}`;
          gone.set(record.id, { record, rule: rule.name, reason: why, depth });
          ofRuleBytes -= ownBytes(record);
          wholeBytes -= ownBytes(record);
          changed = true;
        }
      }
    },
    gone: () =>
      [...gone.values()].toSorted(
        (a, b) => a.depth - b.depth || (a.record.id < b.record.id ? -1 : 1),
      ),
  };
}

/** Bytes that go with the record alone; those of blobs that it holds besides are the content graph's. */
export function ownBytes(record: CacheRecord): number {
  return record.shared ? 0 : record.sizeBytes;
}
