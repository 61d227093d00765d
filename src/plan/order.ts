import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { momentOf } from "../policy/image-age.ts";
import type { ImageFacts } from "./image-facts.ts";

export interface Placed {
  readonly image: Image;
  /** 0 for what nothing else of the set has to precede. */
  readonly wave: number;
}

/**
 * Orders deletions: children before the parents they were built on, an index before its manifests, a subject before its
 * referrers; within a wave the least recently active first, then by ID. A cycle cannot arise from content digests; if an
 * inventory claims one, its members end in the last wave.
 */
export function orderDeletions(ids: ReadonlySet<Digest>, facts: ImageFacts): readonly Placed[] {
  const waves = assignWaves(ids, facts);
  const placed = facts.images
    .filter(({ id }) => ids.has(id))
    .map((image) => ({ image, wave: waves.get(image.id) ?? 0, activeMs: activeMs(image) }));
  placed.sort((a, b) => a.wave - b.wave || a.activeMs - b.activeMs || (a.image.id < b.image.id ? -1 : 1));
  return placed;
}

/** Unknown times come last: they are the least sure to be old. */
export function activeMs(image: Image): number {
  return momentOf(image, "active")?.atMs ?? Number.MAX_SAFE_INTEGER;
}

/** Longest path over the `holds` edges inside the set (Kahn's algorithm). Only images that have neighbours get an entry. */
function assignWaves(ids: ReadonlySet<Digest>, facts: ImageFacts): ReadonlyMap<Digest, number> {
  const waiting = new Map<Digest, number>();
  const waves = new Map<Digest, number>();
  const ready: Digest[] = [];
  for (const id of facts.holds.keys()) if (ids.has(id) && !(facts.heldBy.get(id) ?? []).some((holder) => ids.has(holder))) ready.push(id);
  for (const [id, holders] of facts.heldBy) {
    if (!ids.has(id)) continue;
    const inside = holders.filter((holder) => ids.has(holder)).length;
    if (inside > 0) waiting.set(id, inside);
  }
  let last = 0;
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    const wave = waves.get(id) ?? 0;
    last = Math.max(last, wave);
    for (const held of facts.holds.get(id) ?? []) {
      const left = waiting.get(held);
      if (left === undefined) continue;
      waves.set(held, Math.max(waves.get(held) ?? 0, wave + 1));
      if (left > 1) {
        waiting.set(held, left - 1);
      } else {
        waiting.delete(held);
        ready.push(held);
      }
    }
  }
  for (const id of waiting.keys()) waves.set(id, last + 1);
  return waves;
}
