import { expect, test } from "vitest";
import { RequestPace } from "./request-pace.ts";

const { signal } = new AbortController();

test("as many as are allowed, and no more", async () => {
  const pace = new RequestPace("r.test", { most: 2 }, () => 0);
  await pace.take(signal);
  await pace.take(signal);
  await expect(pace.take(signal)).rejects.toMatchObject({ kind: "budget", registry: "r.test" });
});

test("no faster than allowed, evenly spread", async () => {
  const pace = new RequestPace("r.test", { perSecond: 50 }, Date.now);
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => pace.take(signal)));
  // Timers may be a millisecond early.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(5 * 20 - 2);
});

test("what was not asked for meanwhile is not made up for", async () => {
  let nowMs = 0;
  const pace = new RequestPace("r.test", { perSecond: 1000 }, () => nowMs);
  await pace.take(signal);
  nowMs = 10_000;
  const startedMs = performance.now();
  for (let count = 0; count < 3; count += 1) await pace.take(signal);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(2);
});

test("whoever stops does not wait", async () => {
  const pace = new RequestPace("r.test", { perSecond: 0.001 }, Date.now);
  await pace.take(signal);
  const stop = new AbortController();
  const waiting = pace.take(stop.signal);
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
