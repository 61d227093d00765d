import { tailHash } from "./tail-hash.ts";

/** Bits for each text: at the most one in sixteen of all other texts gets through. */
const BITS_PER_TEXT = 16;

/** Lets all of some texts through, and few others: what is looked for in a million texts is seldom most of them. */
export class TextSieve {
  readonly #bits: Uint32Array;
  /** One less than the number of bits, which is a power of two. */
  readonly #mask: number;

  constructor(texts: ReadonlyMap<string, unknown> | ReadonlySet<string>) {
    const bits = 2 ** Math.ceil(Math.log2(Math.max(32, texts.size * BITS_PER_TEXT)));
    this.#bits = new Uint32Array(bits / 32);
    this.#mask = bits - 1;
    for (const text of texts.keys()) {
      const bit = tailHash(text) & this.#mask;
      this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
    }
  }

  /** False for what is certainly not among the texts. */
  mayHave(text: string): boolean {
    const bit = tailHash(text) & this.#mask;
    return ((this.#bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }
}
