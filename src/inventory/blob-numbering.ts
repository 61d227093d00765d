import { float64Array, int32Array } from "./number-arrays.ts";
import { tailHash } from "./tail-hash.ts";

/** Up to this many keys a `Map` fits into the processor's caches, and a program that has just begun runs loops slowly. */
const FEW_KEYS = 16_384;

/**
 * Gives blob keys consecutive numbers. A `Map` of strings does the same; with millions of keys it spends its time on
 * hashing them and on cache misses (measured: 1.5 µs a look-up at 4.4 million keys, against 0.2 µs here), and most of
 * planning is look-ups. Where few are expected it is a `Map`: a plan for a thousand images then takes a third less.
 */
export class BlobNumbering {
  readonly #few: Map<string, number> | undefined;
  /** Numbers + 1 of keys, 0 for a free slot: a key stands at its hash, or in the next free slot after it. */
  #slots: Int32Array;
  #mask: number;
  /** By number, half as many as slots: made at once, since growing bit by bit leaves as much again to collect. */
  #keys: string[];
  #hashes: Int32Array;
  #size = 0;

  constructor(expected: number) {
    this.#few = expected > FEW_KEYS ? undefined : new Map();
    const capacity = this.#few ? 2 : 2 ** Math.ceil(Math.log2(expected * 2));
    this.#slots = int32Array(capacity);
    this.#mask = capacity - 1;
    this.#keys = Array.from({ length: capacity / 2 });
    this.#hashes = int32Array(capacity / 2);
  }

  get size(): number {
    return this.#few?.size ?? this.#size;
  }

  /** What `map` makes of each key, by ascending number. */
  map(map: (key: string) => number): Float64Array {
    if (this.#few) return Float64Array.from(this.#few.keys(), map);
    const mapped = float64Array(this.#size);
    for (let number = 0; number < mapped.length; number += 1)
      mapped[number] = map(this.#keys[number] ?? "");
    return mapped;
  }

  /** The key's number, undefined when it has none. */
  find(key: string): number | undefined {
    if (this.#few) return this.#few.get(key);
    const number = this.#slots[this.#slotOf(key, tailHash(key))] ?? 0;
    return number === 0 ? undefined : number - 1;
  }

  /** The key's number; it gets the next one when it has none. */
  number(key: string): number {
    if (this.#few) return numberIn(this.#few, key);
    const hash = tailHash(key);
    const slot = this.#slotOf(key, hash);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    const number = this.#size;
    this.#keys[number] = key;
    this.#hashes[number] = hash;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    if (this.#size === this.#hashes.length) this.#grow();
    return number;
  }

  /** The slot that holds the key, or the free one where it belongs. */
  #slotOf(key: string, hash: number): number {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const number = (this.#slots[slot] ?? 0) - 1;
      if (number < 0 || (this.#hashes[number] === hash && this.#keys[number] === key)) return slot;
    }
  }

  #grow(): void {
    const { length } = this.#slots;
    const hashes = int32Array(length);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#slots = int32Array(length * 2);
    this.#mask = length * 2 - 1;
    for (let number = 0; number < this.#size; number += 1) {
      let slot = (hashes[number] ?? 0) & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = number + 1;
    }
  }
}

function numberIn(numbers: Map<string, number>, key: string): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}
