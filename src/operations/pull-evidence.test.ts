import { describe, expect, test } from "vitest";

import { idOf, inventoryOf, wordOf } from "../../test/fixtures/host-in-words.ts";
import { lastPulls, watchedSince } from "./pull-evidence.ts";

const IMAGES = inventoryOf({
  target: "registry",
  images: {
    amd: {},
    arm: {},
    inner: { children: "arm" },
    outer: { names: "app:1", children: "amd inner" },
    alone: { names: "app:2" },
  },
}).images;

describe("a pull counts for the index that lists what was pulled", () => {
  test.each<[what: string, pulls: Readonly<Record<string, string>>, latest: object]>([
    ["an index by its tag", { outer: "2026-11-01" }, { outer: "2026-11-01" }],
    ["a platform", { amd: "2026-11-01" }, { amd: "2026-11-01", outer: "2026-11-01" }],
    [
      "through several",
      { arm: "2026-11-01" },
      { arm: "2026-11-01", inner: "2026-11-01", outer: "2026-11-01" },
    ],
    [
      "the latest of all",
      { amd: "2026-11-03", arm: "2026-11-02", outer: "2026-11-01" },
      { amd: "2026-11-03", arm: "2026-11-02", inner: "2026-11-02", outer: "2026-11-03" },
    ],
    ["something that is gone", { gone: "2026-11-01" }, { gone: "2026-11-01" }],
  ])("%s", (_, pulls, latest) => {
    const lastPulledAt = new Map(Object.entries(pulls).map(([word, at]) => [idOf(word), at]));
    const found = lastPulls(IMAGES, { since: "2026-10-01", lastPulledAt });
    expect(Object.fromEntries([...found].map(([id, at]) => [wordOf(id), at]))).toEqual(latest);
  });
});

test.each([
  ["watched before it came", "2026-11-10", "2026-11-01", "2026-11-10"],
  ["there before it was watched", "2026-11-01", "2026-11-10", "2026-11-10"],
  ["never watched", "2026-11-01", undefined, undefined],
])("%s", (_, firstSeenAt, since, watched) => {
  const evidence =
    since === undefined ? undefined : { since, lastPulledAt: new Map<string, string>() };
  expect(watchedSince(firstSeenAt, evidence)).toBe(watched);
});
