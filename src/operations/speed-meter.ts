/** Less than this tells more of the waiting in between than of the speed. */
const ENOUGH_BYTES = 20_000_000;

/** Adds up the bytes and the time of work of one kind. */
export class SpeedMeter {
  #bytes = 0;
  #ms = 0;

  /** Counts work that came to its end. */
  async measure<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const startedMs = performance.now();
    const done = await work();
    this.#ms += performance.now() - startedMs;
    this.#bytes += bytes;
    return done;
  }

  /** Undefined where it was too little to tell. */
  get bytesPerSecond(): number | undefined {
    if (this.#bytes < ENOUGH_BYTES || this.#ms === 0) return undefined;
    return Math.round((this.#bytes / this.#ms) * 1000);
  }
}
