import { setImmediate as turn } from "node:timers/promises";

import { describe, expect, test } from "vitest";

import { eachInParallel } from "./each-in-parallel.ts";

const NUMBERS = Array.from({ length: 10 }, (_, index) => index);

async function* pages(): AsyncGenerator<number> {
  for (const number of NUMBERS) {
    if (number % 5 === 0) await turn();
    yield number;
  }
}

/** An action that can be held open, and that says what is open. */
function held(): {
  readonly begun: number[];
  readonly open: Map<number, PromiseWithResolvers<void>>;
  action(value: number): Promise<void>;
} {
  const begun: number[] = [];
  const open = new Map<number, PromiseWithResolvers<void>>();
  return {
    begun,
    open,
    async action(value) {
      begun.push(value);
      const gate = Promise.withResolvers<void>();
      open.set(value, gate);
      try {
        await gate.promise;
      } finally {
        open.delete(value);
      }
    },
  };
}

describe("eachInParallel", () => {
  test.each([
    ["a list", () => NUMBERS],
    ["a set", () => new Set(NUMBERS)],
    ["what arrives in pages", pages],
  ] as const)("does each of %s once, in order, so many at once", async (_, values) => {
    const begun: number[] = [];
    let open = 0;
    let most = 0;
    await eachInParallel(values(), { limit: 3 }, async (value) => {
      begun.push(value);
      most = Math.max(most, (open += 1));
      await turn();
      open -= 1;
    });
    expect(begun).toEqual(NUMBERS);
    expect(open).toBe(0);
    expect(most).toBe(3);
  });

  test("with nothing to do it ends at once", async () => {
    await expect(
      eachInParallel([], { limit: 3 }, () => Promise.reject(new Error("called"))),
    ).resolves.toBeUndefined();
  });

  test("after a failure nothing begins, and it rejects once all that was open has ended", async () => {
    const { begun, open, action } = held();
    let ended = false;
    const all = eachInParallel(NUMBERS, { limit: 3 }, action).finally(() => (ended = true));
    await turn();
    open.get(1)?.reject(new Error("first"));
    await turn();
    expect(ended).toBe(false);
    open.get(0)?.resolve();
    open.get(2)?.reject(new Error("second"));
    await expect(all).rejects.toThrow("first");
    expect(begun).toEqual([0, 1, 2]);
    expect(open.size).toBe(0);
  });

  test("after an abort nothing begins, and what was open is awaited", async () => {
    const { begun, open, action } = held();
    const abort = new AbortController();
    const all = eachInParallel(NUMBERS, { limit: 2, signal: abort.signal }, action);
    await turn();
    abort.abort(new Error("interrupted"));
    open.get(0)?.resolve();
    await turn();
    expect([...open.keys()]).toEqual([1]);
    open.get(1)?.resolve();
    await expect(all).rejects.toThrow("interrupted");
    expect(begun).toEqual([0, 1]);
  });

  test("an aborted signal lets nothing begin", async () => {
    const { begun, action } = held();
    const signal = AbortSignal.abort(new Error("interrupted"));
    await expect(eachInParallel(NUMBERS, { limit: 2, signal }, action)).rejects.toThrow(
      "interrupted",
    );
    expect(begun).toEqual([]);
  });

  test("a source that is not read to its end is closed", async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (let number = 0; ; number += 1) yield number;
      } finally {
        closed = true;
      }
    }
    const failing = eachInParallel(endless(), { limit: 4 }, async (value) => {
      await turn();
      if (value === 20) throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect(closed).toBe(true);
  });

  test("a source that fails is a failure like any other", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("no second page");
    }
    const seen: number[] = [];
    await expect(
      eachInParallel(broken(), { limit: 4 }, async (value) => {
        await turn();
        seen.push(value);
      }),
    ).rejects.toThrow("no second page");
    expect(seen).toEqual([1]);
  });
});
