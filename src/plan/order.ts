import { activeMsOf } from "../policy/image-age.ts";
import type { ImageFacts } from "./image-facts.ts";

export interface Placed {
  /** In `ImageFacts.images`. */
  readonly position: number;
  /** 0 for what nothing else of the set has to precede. */
  readonly wave: number;
}

/**
 * Orders deletions, given by position in ascending order: children before the parents they were built on, an index before
 * its manifests, a subject before its referrers; within a wave the least recently active first (unknown times last), then
 * by ID. A cycle cannot arise from content digests; if an inventory claims one, its members end in the last wave.
 */
export function orderDeletions(positions: readonly number[], facts: ImageFacts): readonly Placed[] {
  const waves = assignWaves(positions, facts);
  const activeMs = new Float64Array(facts.images.length);
  for (const position of positions) {
    const image = facts.images[position];
    const atMs = image === undefined ? Number.NaN : activeMsOf(image);
    activeMs[position] = Number.isNaN(atMs) ? Number.MAX_SAFE_INTEGER : atMs;
  }
  const waveOf = (position: number): number => waves.get(position) ?? 0;
  return Array.from(
    Uint32Array.from(positions).sort((a, b) => waveOf(a) - waveOf(b) || (activeMs[a] ?? 0) - (activeMs[b] ?? 0) || a - b),
    (position) => ({ position, wave: waveOf(position) }),
  );
}

/** Longest path over the `holds` edges inside the set (Kahn's algorithm). Only images that have neighbours get an entry. */
function assignWaves(positions: readonly number[], facts: ImageFacts): ReadonlyMap<number, number> {
  const waves = new Map<number, number>();
  if (facts.holds.size === 0) return waves;
  const members = new Set(positions);
  const waiting = new Map<number, number>();
  for (const [position, holders] of facts.heldBy) {
    const inside = members.has(position) ? holders.filter((holder) => members.has(holder)).length : 0;
    if (inside > 0) waiting.set(position, inside);
  }
  const ready = [...facts.holds.keys()].filter((position) => members.has(position) && !waiting.has(position));
  let last = 0;
  for (let position = ready.pop(); position !== undefined; position = ready.pop()) {
    const wave = waves.get(position) ?? 0;
    last = Math.max(last, wave);
    for (const held of facts.holds.get(position) ?? []) {
      const left = waiting.get(held);
      if (left === undefined) continue;
      waves.set(held, Math.max(waves.get(held) ?? 0, wave + 1));
      waiting.set(held, left - 1);
      if (left > 1) continue;
      waiting.delete(held);
      ready.push(held);
    }
  }
  for (const position of waiting.keys()) waves.set(position, last + 1);
  return waves;
}
