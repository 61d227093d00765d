import type { Image } from "../inventory/image.ts";
import { activeMsOf } from "../policy/image-age.ts";
import type { ImageFacts } from "./image-facts.ts";

export interface Placed {
  /** In `ImageFacts.images`. */
  readonly position: number;
  /** 0 for what nothing else of the set has to precede. */
  readonly wave: number;
}

/**
 * Orders deletions, given by position: children before the parents they were built on, an index before
 * its manifests, a subject before its referrers; within a wave the least recently active first (to the second; unknown times last), then
 * by ID. A cycle cannot arise from content digests; if an inventory claims one, its members end in the last wave.
 */
export function orderDeletions(positions: readonly number[], facts: ImageFacts): readonly Placed[] {
  const waves = assignWaves(positions, facts);
  const members: number[][] = [];
  for (const position of positions) (members[waves.get(position) ?? 0] ??= []).push(position);
  return members.flatMap((wave, index) =>
    Array.from(leastActiveFirst(wave, facts), (position) => ({ position, wave: index })),
  );
}

/** 2^21 places beside 32 bits of seconds fill the 53 bits of a number. */
const POSITIONS = 2 ** 21;
const LATEST_SECOND = 2 ** 32 - 1;

/** Sorts numbers that hold second and place by ID, natively: with a comparator a million images take ten times as long. */
function leastActiveFirst(
  positions: readonly number[],
  { images, idOrder }: ImageFacts,
): readonly number[] {
  const placeOf = (position: number): number => idOrder.places[position] ?? 0;
  if (images.length > POSITIONS) {
    return positions.toSorted(
      (a, b) => activeSecond(images[a]) - activeSecond(images[b]) || placeOf(a) - placeOf(b),
    );
  }
  const keys = Float64Array.from(
    positions,
    (position) => activeSecond(images[position]) * POSITIONS + placeOf(position),
  ).sort();
  return Array.from(keys, (key) => idOrder.positions[key % POSITIONS] ?? 0);
}

/** Whole seconds since the epoch; unknown times are the last second there is. */
function activeSecond(image: Image | undefined): number {
  const second = image === undefined ? Number.NaN : Math.floor(activeMsOf(image) / 1000);
  return Number.isNaN(second) ? LATEST_SECOND : Math.min(Math.max(second, 0), LATEST_SECOND);
}

/** Longest path over the `holds` edges inside the set (Kahn's algorithm). Only images that have neighbours get an entry. */
function assignWaves(positions: readonly number[], facts: ImageFacts): ReadonlyMap<number, number> {
  const waves = new Map<number, number>();
  if (facts.holds.size === 0) return waves;
  const members = new Set(positions);
  const waiting = new Map<number, number>();
  for (const [position, holders] of facts.heldBy) {
    const inside = members.has(position)
      ? holders.filter((holder) => members.has(holder)).length
      : 0;
    if (inside > 0) waiting.set(position, inside);
  }
  const ready = [...facts.holds.keys()].filter(
    (position) => members.has(position) && !waiting.has(position),
  );
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
