import { float64Array, uint32Array } from "../inventory/number-arrays.ts";
import { activeMsOf } from "../policy/image-age.ts";
import type { Settled } from "./follow-neighbours.ts";
import type { ImageFacts } from "./image-facts.ts";

/** 2^21 places beside 32 bits of seconds fill the 53 bits of a number. */
const PLACES = 2 ** 21;

/**
 * Positions of the images that may go to make space, those of known age: the least recently active first, among equals those
 * that a registry may still have, then the smallest, then by ID.
 */
export function leastValuableFirst(facts: ImageFacts, settled: readonly Settled[]): Uint32Array {
  const { images, idOrder } = facts;
  const activeMs = float64Array(images.length);
  const positions = uint32Array(images.length);
  let count = 0;
  for (let position = 0; position < images.length; position += 1) {
    const verdict = settled[position];
    const image = images[position];
    if (image === undefined || verdict?.kind !== "keep" || !verdict.evictable) continue;
    const atMs = activeMsOf(image);
    if (Number.isNaN(atMs)) continue;
    activeMs[position] = atMs;
    positions[count] = position;
    count += 1;
  }
  const candidates = positions.subarray(0, count);
  const isPullable = (position: number): number =>
    (images[position]?.repoDigests.length ?? 0) > 0 ? 0 : 1;
  const sizeOf = (position: number): number => images[position]?.sizeBytes ?? 0;
  const compare = (a: number, b: number): number =>
    (activeMs[a] ?? 0) - (activeMs[b] ?? 0) ||
    isPullable(a) - isPullable(b) ||
    sizeOf(a) - sizeOf(b) ||
    (idOrder.places[a] ?? 0) - (idOrder.places[b] ?? 0);
  if (images.length > PLACES) return candidates.sort(compare);
  sortBySecond(candidates, activeMs);
  sortWithinSeconds(candidates, activeMs, compare);
  return candidates;
}

/** Natively: with a comparator a million images take ten times as long. */
function sortBySecond(candidates: Uint32Array, activeMs: Float64Array): void {
  const keys = float64Array(candidates.length);
  for (let index = 0; index < keys.length; index += 1) {
    const position = candidates[index] ?? 0;
    keys[index] = secondOf(activeMs[position]) * PLACES + position;
  }
  keys.sort();
  for (let index = 0; index < keys.length; index += 1)
    candidates[index] = (keys[index] ?? 0) % PLACES;
}

/** The few that share a second. */
function sortWithinSeconds(
  candidates: Uint32Array,
  activeMs: Float64Array,
  compare: (a: number, b: number) => number,
): void {
  let first = 0;
  while (first < candidates.length) {
    const second = secondOf(activeMs[candidates[first] ?? 0]);
    let end = first + 1;
    while (end < candidates.length && secondOf(activeMs[candidates[end] ?? 0]) === second) end += 1;
    if (end - first > 1) candidates.subarray(first, end).sort(compare);
    first = end;
  }
}

function secondOf(atMs = 0): number {
  return Math.floor(atMs / 1000);
}
