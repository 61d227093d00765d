import { existsSync } from "node:fs";
import { join } from "node:path";

import { takeLock, type Unlock } from "./kernel-lock.ts";
import { LayoutError } from "./layout-error.ts";

export const HOLD_FILE = ".plimsoll.hold.lock";
/** A sweep of a large bin takes seconds. */
const WAIT_FOR_SWEEP_MS = 60_000;
/** Whoever is putting images by takes minutes: the space is left to the next removal instead. */
export const WAIT_FOR_WRITERS_MS = 1000;

/**
 * Keeps what is in a bin from being swept: whoever puts an image there shares the hold with others who do, from the first
 * look at what is there until the image is named; a sweep has it alone.
 */
export class BinHold {
  readonly #root: string;
  /** Of this object, which count as one. */
  #holders = 0;
  #taking: Promise<Unlock | undefined> | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Rejects, and does not run the action, where a sweep lasts too long. `onTaken` is called where nobody of ours held. */
  async share<T>(action: () => Promise<T>, onTaken: () => Promise<void>): Promise<T> {
    this.#holders += 1;
    const taking = (this.#taking ??= this.#takeAnd(onTaken));
    try {
      await taking;
      return await action();
    } finally {
      this.#holders -= 1;
      if (this.#holders === 0) {
        this.#taking = undefined;
        await letGo(taking);
      }
    }
  }

  /** Runs the action while nobody shares the hold; undefined, and it has not run, where somebody does for longer. */
  async alone<T>(action: () => Promise<T>, waitMs: number): Promise<T | undefined> {
    const unlock = await takeLock(join(this.#root, HOLD_FILE), "exclusive", waitMs);
    if (unlock === undefined) return undefined;
    try {
      return await action();
    } finally {
      unlock();
    }
  }

  async #takeAnd(onTaken: () => Promise<void>): Promise<Unlock | undefined> {
    const unlock = await this.#take();
    try {
      await onTaken();
    } catch (error) {
      unlock?.();
      throw error;
    }
    return unlock;
  }

  async #take(): Promise<Unlock | undefined> {
    let unlock: Unlock | undefined;
    try {
      unlock = await takeLock(join(this.#root, HOLD_FILE), "shared", WAIT_FOR_SWEEP_MS);
    } catch (error) {
      // Where nothing can be written, nobody like us sweeps either.
      if (error instanceof LayoutError && error.kind === "permission-denied") return undefined;
      throw error;
    }
    if (unlock !== undefined) return unlock;
    throw new LayoutError("busy", {
      file: this.#root,
      detail: "another Plimsoll has been freeing space in this recovery bin for a minute",
      hint: "Wait until it has ended and try again.",
    });
  }
}

/** Runs what deletes blobs of a layout; where that is a recovery bin as well, while nobody is putting images there. */
export async function besideBin<T>(root: string, action: () => Promise<T>): Promise<T> {
  if (!existsSync(join(root, HOLD_FILE))) return action();
  const done = await new BinHold(root).alone(
    async () => ({ result: await action() }),
    WAIT_FOR_WRITERS_MS,
  );
  if (done !== undefined) return done.result;
  throw new LayoutError("busy", {
    file: root,
    detail: "another Plimsoll is putting images into the recovery bin in this directory",
    hint: "The next apply frees the space.",
  });
}

async function letGo(taking: Promise<Unlock | undefined>): Promise<void> {
  const [taken] = await Promise.allSettled([taking]);
  if (taken.status === "fulfilled") taken.value?.();
}
