import { expect, test } from "vitest";
import { askPlaces } from "./ask-places.ts";
import type { Finding, Place } from "./find-image.ts";

const engine = (name: string): Place => ({ kind: "engine", name });
const finding = (place: Place): Finding => ({
  place,
  digest: "sha256:1",
  repoDigests: [],
  platforms: [],
});
const options = (timeoutMs = 5_000) => ({
  timeoutMs,
  signal: new AbortController().signal,
  onPlace: () => undefined,
});

test("a place that fails, and one that hangs, keep nobody from the answer of a third", async () => {
  const here = engine("here");
  const answer = await askPlaces(
    [
      { place: engine("broken"), ask: () => Promise.reject(new Error("no engine answers")) },
      { place: engine("hung"), ask: () => new Promise(() => undefined) },
      {
        place: here,
        ask: () => Promise.resolve({ found: [finding(here)], leftOut: ["3 more tags"] }),
      },
    ],
    options(50),
  );
  expect(answer).toEqual({
    found: [finding(here)],
    leftOut: ["here: 3 more tags"],
    silent: [
      { place: engine("broken"), detail: "no engine answers" },
      { place: engine("hung"), detail: "no answer within 0.05 s" },
    ],
  });
});

test("what is asked is told when its time is over", async () => {
  let told: AbortSignal | undefined;
  const hangs = (signal: AbortSignal) => {
    told = signal;
    return new Promise<never>(() => undefined);
  };
  await askPlaces([{ place: engine("hung"), ask: hangs }], options(10));
  expect(told?.aborted).toBe(true);
});

test("Ctrl-C ends it", async () => {
  const controller = new AbortController();
  const asking = askPlaces([{ place: engine("hung"), ask: () => new Promise(() => undefined) }], {
    ...options(),
    signal: controller.signal,
  });
  controller.abort(new Error("interrupted"));
  await expect(asking).rejects.toThrow("interrupted");
});
