const MOST = 32;
const FIRST = 8;
/** As TCP does: halved when the other side is overrun, then one more after each full round that went well. */
const SHRINK = 0.5;

/** How many requests one host bears at once, learnt from its answers. */
export class AdaptiveLimit {
  #width = FIRST;
  #running = 0;
  #good = 0;
  readonly #waiting: (() => void)[] = [];

  get width(): number {
    return this.#width;
  }

  /** Runs `task` when there is room; `isOverrun` tells an answer or error by which the host asks for less. */
  async run<T>(task: () => Promise<T>, isOverrun: (error: unknown) => boolean): Promise<T> {
    // Whoever waits is counted by whoever lets it in.
    if (this.#running >= this.#width)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      const result = await task();
      this.#wentWell();
      return result;
    } catch (error) {
      if (isOverrun(error)) this.#width = Math.max(1, Math.floor(this.#width * SHRINK));
      throw error;
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #wentWell(): void {
    this.#good += 1;
    if (this.#good < this.#width || this.#width >= MOST) return;
    this.#good = 0;
    this.#width += 1;
  }

  #admit(): void {
    const room = Math.max(0, this.#width - this.#running);
    const admitted = this.#waiting.splice(0, room);
    this.#running += admitted.length;
    for (const resume of admitted) resume();
  }
}
