import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";

/** Questions that are under way at once. */
const CONCURRENCY = 8;
/** How long one plan waits for registries in all: one that has not answered by then counts as having nothing. */
const PATIENCE_MS = 15_000;

/** The questions of one plan to registries: by one look-up, so that they are asked each thing once. */
export class RegistryQuestions {
  readonly #openLookup: () => Promise<RegistryLookup>;
  readonly #signal: AbortSignal;
  #lookup: Promise<RegistryLookup> | undefined;
  #waitedMs = 0;

  constructor(openLookup: () => Promise<RegistryLookup>, signal: AbortSignal) {
    this.#openLookup = openLookup;
    this.#signal = signal;
  }

  /** The same question about each; without those that have no answer in time, or `undefined` as their answer. */
  async askAll<T, A>(
    all: readonly T[],
    question: (lookup: RegistryLookup, one: T, signal: AbortSignal) => Promise<A | undefined>,
    onProgress: (done: number, total: number) => void,
  ): Promise<ReadonlyMap<T, A>> {
    const answers = new Map<T, A>();
    const lookup = await (this.#lookup ??= this.#openLookup());
    const startedMs = performance.now();
    const patience = AbortSignal.timeout(Math.ceil(Math.max(0, PATIENCE_MS - this.#waitedMs)));
    const either = AbortSignal.any([this.#signal, patience]);
    let done = 0;
    try {
      await eachInParallel(all, { limit: CONCURRENCY }, async (one) => {
        const answer = await question(lookup, one, either).catch((error: unknown) => {
          if (!patience.aborted || this.#signal.aborted) throw error;
          return undefined;
        });
        if (answer !== undefined) answers.set(one, answer);
        done += 1;
        onProgress(done, all.length);
      });
    } finally {
      this.#waitedMs += performance.now() - startedMs;
    }
    return answers;
  }

  async close(): Promise<void> {
    await (await this.#lookup)?.close();
  }
}
