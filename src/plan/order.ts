import { float64Array, uint32Array } from "../inventory/number-arrays.ts";
import type { Image } from "../inventory/image.ts";
import { activeMsOf } from "../policy/image-age.ts";
import type { ImageFacts } from "./image-facts.ts";

/** Deletions in order. */
export interface DeletionOrder {
  /** In `ImageFacts.images`. */
  readonly positions: Uint32Array;
  /** Where each wave ends in `positions`. A wave begins when the one before it has ended. */
  readonly waveEnds: readonly number[];
}

/**
 * Orders deletions, given by position: children before the parents they were built on, an index before
 * its manifests, a subject before its referrers; within a wave the least recently active first (to the second; unknown times last), then
 * by ID. A cycle cannot arise from content digests; if an inventory claims one, its members end in the last wave.
 */
export function orderDeletions(chosen: Uint32Array, facts: ImageFacts): DeletionOrder {
  const waves = assignWaves(chosen, facts);
  if (waves.size === 0) {
    const positions = leastActiveFirst(chosen, facts);
    return { positions, waveEnds: [positions.length] };
  }
  const members: number[][] = [];
  for (const position of chosen) (members[waves.get(position) ?? 0] ??= []).push(position);
  const positions = uint32Array(chosen.length);
  const waveEnds: number[] = [];
  let end = 0;
  for (const wave of members) {
    positions.set(leastActiveFirst(Uint32Array.from(wave), facts), end);
    end += wave.length;
    waveEnds.push(end);
  }
  return { positions, waveEnds };
}

/** 2^21 places beside 32 bits of seconds fill the 53 bits of a number. */
const POSITIONS = 2 ** 21;
const LATEST_SECOND = 2 ** 32 - 1;

/** Sorts numbers that hold second and place by ID, natively: with a comparator a million images take ten times as long. */
function leastActiveFirst(positions: Uint32Array, { images, idOrder }: ImageFacts): Uint32Array {
  const { places } = idOrder;
  if (images.length > POSITIONS) {
    return positions.toSorted(
      (a, b) =>
        activeSecond(images[a]) - activeSecond(images[b]) || (places[a] ?? 0) - (places[b] ?? 0),
    );
  }
  const keys = float64Array(positions.length);
  for (let index = 0; index < keys.length; index += 1) {
    const position = positions[index] ?? 0;
    keys[index] = activeSecond(images[position]) * POSITIONS + (places[position] ?? 0);
  }
  const sorted = uint32Array(positions.length);
  keys.sort().forEach((key, index) => {
    sorted[index] = idOrder.positions[key % POSITIONS] ?? 0;
  });
  return sorted;
}

/** Whole seconds since the epoch; unknown times are the last second there is. */
function activeSecond(image: Image | undefined): number {
  const second = image === undefined ? Number.NaN : Math.floor(activeMsOf(image) / 1000);
  return Number.isNaN(second) ? LATEST_SECOND : Math.min(Math.max(second, 0), LATEST_SECOND);
}

/** Longest path over the `holds` edges inside the set (Kahn's algorithm). Only images that have neighbours get an entry. */
function assignWaves(positions: Uint32Array, facts: ImageFacts): ReadonlyMap<number, number> {
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
