import { uint32Array } from "../inventory/number-arrays.ts";

/** Rows of one chunk, as a power of two. Chunks are too long for the heap's young part: they are never copied. */
const CHUNK_BITS = 12;
const LAST_OF_CHUNK = 2 ** CHUNK_BITS - 1;

/**
 * Texts of rows that are written in one order and read in another. Images are quick to go through only in the order in which
 * they lie in memory, and digests need them in that of a plan: gathered here, a text costs one look into memory instead
 * of one for every string it is made of.
 */
export class RowTexts {
  readonly #chunks: string[] = [];
  /** By row: where it ends in its chunk. It begins where the row before it ends. */
  readonly #ends: Uint32Array;
  #rows = 0;
  #parts: string[] = [];
  #length = 0;

  constructor(rows: number) {
    this.#ends = uint32Array(rows);
  }

  /** Adds to the row that is being written. */
  add(part: string): void {
    this.#parts.push(part);
    this.#length += part.length;
  }

  endRow(): void {
    this.#ends[this.#rows] = this.#length;
    this.#rows += 1;
    if ((this.#rows & LAST_OF_CHUNK) === 0 || this.#rows === this.#ends.length) this.#closeChunk();
  }

  /** Once all rows have been written. */
  at(row: number): string {
    const chunk = this.#chunks[row >>> CHUNK_BITS] ?? "";
    return chunk.slice((row & LAST_OF_CHUNK) === 0 ? 0 : this.#ends[row - 1], this.#ends[row]);
  }

  #closeChunk(): void {
    this.#chunks.push(this.#parts.join(""));
    this.#parts = [];
    this.#length = 0;
  }
}
