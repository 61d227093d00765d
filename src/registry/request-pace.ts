import { setTimeout as sleep } from "node:timers/promises";

import { RegistryError } from "./registry-error.ts";

/** What a host is to be spared; absent: only as its answers ask for. */
export interface PaceLimits {
  /** Requests that begin within a second, evenly spread. */
  readonly perSecond?: number;
  /** Requests altogether, as long as this program runs. */
  readonly most?: number;
}

/** Lets requests to one registry begin no faster than allowed, and no more of them. */
export class RequestPace {
  readonly #registry: string;
  readonly #limits: PaceLimits;
  readonly #clock: () => number;
  #begun = 0;
  /** When the next one may begin. */
  #nextAtMs = 0;

  constructor(registry: string, limits: PaceLimits, clock: () => number) {
    this.#registry = registry;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Resolves when one more request may begin; rejects when it may not. */
  async take(signal: AbortSignal | undefined): Promise<void> {
    const { perSecond, most = Number.POSITIVE_INFINITY } = this.#limits;
    if (this.#begun >= most)
      throw new RegistryError("budget", {
        registry: this.#registry,
        detail: `all ${most} requests that it may be asked are used up`,
      });
    this.#begun += 1;
    if (perSecond === undefined) return;
    const nowMs = this.#clock();
    const atMs = Math.max(nowMs, this.#nextAtMs);
    this.#nextAtMs = atMs + 1000 / perSecond;
    if (atMs > nowMs) await sleep(atMs - nowMs, undefined, signal === undefined ? {} : { signal });
  }
}
