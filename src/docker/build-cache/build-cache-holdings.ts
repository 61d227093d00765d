import type { CacheRecord } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";

/** The build cache with the layers that it holds. */
export interface CacheHoldings {
  /** The records, each with the keys of the layers that it and the records below it hold. */
  readonly records: readonly CacheRecord[];
  /** Layers that it holds through no record that it tells of. */
  readonly held: readonly Digest[];
}

/**
 * What each record holds, where it is known which layer it is. `ancestry`: a chain and all below it, as far as images
 * stand on them; layers that only the cache has are what the records' own sizes count.
 */
export function exactHoldings(
  records: readonly CacheRecord[],
  chainIds: ReadonlyMap<string, Digest>,
  ancestry: (chainId: Digest) => readonly Digest[],
): CacheHoldings {
  const byId = new Map(records.map((record) => [record.id, record]));
  const attributed = new Set<Digest>();
  const withBlobs = records.map((record) => {
    const blobs = new Set<Digest>();
    for (const below of standsOn(record, byId)) {
      const chainId = chainIds.get(below.id);
      if (chainId !== undefined) for (const layer of ancestry(chainId)) blobs.add(layer);
    }
    for (const layer of blobs) attributed.add(layer);
    return { ...record, blobs: [...blobs] };
  });
  const held = new Set<Digest>();
  for (const chainId of chainIds.values()) {
    if (attributed.has(chainId)) continue;
    for (const layer of ancestry(chainId)) held.add(layer);
  }
  return { records: withBlobs, held: [...held] };
}

/**
 * What each record may hold, where the engine alone tells: a record does not say which layer it is, but how many it
 * stands on and the size of each. A layer of the same depth whose sizes agree may be the one. All that may be held counts
 * as held. `agrees`: whether a record of that size can be that layer.
 */
export function possibleHoldings(
  records: readonly CacheRecord[],
  stacks: readonly (readonly Digest[])[],
  agrees: (statedBytes: number, chainId: Digest) => boolean,
): CacheHoldings {
  const byId = new Map(records.map((record) => [record.id, record]));
  const stacksByDepth = groupByDepth(stacks);
  const withBlobs = records.map((record) => {
    if (record.type !== "regular") return record;
    const path = standsOn(record, byId).toReversed();
    const blobs = new Set<Digest>();
    for (const stack of stacksByDepth.get(path.length) ?? []) {
      const fits = path.every(
        (below, position) => isBase(below) || agrees(below.sizeBytes, stack[position] ?? ""),
      );
      if (fits) for (const chainId of stack) blobs.add(chainId);
    }
    return { ...record, blobs: [...blobs] };
  });
  return { records: withBlobs, held: [] };
}

/** A layer of an image that a build began with (moby `builder-next/adapters/containerimage`): it has no size of its own. */
function isBase(record: CacheRecord): boolean {
  return /^(?:from local|pulled from) /.test(record.description);
}

/** Every stack and every beginning of one, each once, by its number of layers. */
function groupByDepth(
  stacks: readonly (readonly Digest[])[],
): ReadonlyMap<number, readonly (readonly Digest[])[]> {
  const seen = new Set<Digest>();
  const byDepth = new Map<number, (readonly Digest[])[]>();
  for (const stack of stacks) {
    stack.forEach((chainId, position) => {
      if (seen.has(chainId)) return;
      seen.add(chainId);
      const known = byDepth.get(position + 1);
      if (known) known.push(stack.slice(0, position + 1));
      else byDepth.set(position + 1, [stack.slice(0, position + 1)]);
    });
  }
  return byDepth;
}

/** The record and all that it was made from, each once, the record first. */
function standsOn(
  record: CacheRecord,
  byId: ReadonlyMap<string, CacheRecord>,
): readonly CacheRecord[] {
  const found = new Set([record]);
  for (const next of found) {
    for (const parent of next.parents) {
      const known = byId.get(parent);
      if (known !== undefined) found.add(known);
    }
  }
  return [...found];
}
