import { float64Array, uint32Array } from "../inventory/number-arrays.ts";
import type { Image } from "../inventory/image.ts";

/** The order of images by their IDs. */
export interface IdOrder {
  /** Positions of the images, by ascending ID. */
  readonly positions: Uint32Array;
  /** The reverse: where each position stands in that order. */
  readonly places: Uint32Array;
}

/** 32 bits of the digest and 21 of the position fill the 53 bits of a number. */
const POSITIONS = 2 ** 21;
const DIGEST = "sha256:";
const SHA256_LENGTH = 71;

/** By the first digits natively, then the few that share them by comparison: a million IDs in a tenth of the time. */
export function orderById(images: readonly Image[]): IdOrder {
  const byText = (a: number, b: number): number => {
    const left = images[a]?.id ?? "";
    const right = images[b]?.id ?? "";
    return left < right ? -1 : left > right ? 1 : 0;
  };
  const positions = uint32Array(images.length);
  const keys = images.length > POSITIONS ? undefined : sortedKeys(images);
  if (keys === undefined) {
    for (let position = 0; position < positions.length; position += 1)
      positions[position] = position;
    positions.sort(byText);
  } else {
    for (let place = 0; place < keys.length; place += 1)
      positions[place] = (keys[place] ?? 0) % POSITIONS;
    sortEqualDigits(keys, positions, byText);
  }
  const places = uint32Array(positions.length);
  for (let place = 0; place < positions.length; place += 1) places[positions[place] ?? 0] = place;
  return { positions, places };
}

/** The first digits of each ID above its position; undefined where one is no SHA-256. */
function sortedKeys(images: readonly Image[]): Float64Array | undefined {
  const keys = float64Array(images.length);
  for (let position = 0; position < keys.length; position += 1) {
    const digits = firstDigits(images[position]?.id ?? "");
    if (digits < 0) return undefined;
    keys[position] = digits * POSITIONS + position;
  }
  return keys.sort();
}

/** The first eight digits, in lower case, of a SHA-256; -1 for any other text. */
function firstDigits(id: string): number {
  if (id.length !== SHA256_LENGTH || !id.startsWith(DIGEST)) return -1;
  let value = 0;
  for (let index = DIGEST.length; index < DIGEST.length + 8; index += 1) {
    const code = id.charCodeAt(index);
    if (code >= 48 && code <= 57) value = value * 16 + code - 48;
    else if (code >= 97 && code <= 102) value = value * 16 + code - 87;
    else return -1;
  }
  return value;
}

function sortEqualDigits(
  keys: Float64Array,
  positions: Uint32Array,
  byText: (a: number, b: number) => number,
): void {
  for (let start = 0; start < keys.length;) {
    let end = start + 1;
    while (end < keys.length && sameDigits(keys[start], keys[end])) end += 1;
    if (end - start > 1) positions.subarray(start, end).sort(byText);
    start = end;
  }
}

function sameDigits(left = 0, right = 0): boolean {
  return Math.floor(left / POSITIONS) === Math.floor(right / POSITIONS);
}
