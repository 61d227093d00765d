import { createCipheriv, createHash, randomInt } from "node:crypto";

/** A reproducible stream of bytes that do not compress: the key stream of AES-CTR under the seed. */
export class SeededRandom {
  readonly seed: string;
  readonly #stream;

  constructor(seed: string) {
    this.seed = seed;
    const key = createHash("sha256").update(seed).digest();
    this.#stream = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
  }

  bytes(count: number): Buffer {
    return this.#stream.update(Buffer.alloc(count));
  }

  /** 0 up to 1. */
  number(): number {
    return this.bytes(4).readUInt32BE() / 2 ** 32;
  }
}

/** The seed of this run: PLIMSOLL_TEST_SEED, or a new one. It is printed, so that a failure can be repeated. */
export function runSeed(): string {
  const seed = process.env.PLIMSOLL_TEST_SEED || String(randomInt(1_000_000_000));
  console.log(`PLIMSOLL_TEST_SEED=${seed}`);
  return seed;
}
