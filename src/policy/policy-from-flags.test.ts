import { describe, expect, test } from "vitest";

import type { Keep, Match } from "./policy.ts";
import { policyFromFlags, type PolicyFlags } from "./policy-from-flags.ts";
import { presetPolicy } from "./presets.ts";

const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const DAY = 86_400_000;
const DANGLING: Match = { state: "dangling" };

function policyOf(flags: PolicyFlags) {
  const made = policyFromFlags(flags, NOW_MS);
  if ("problems" in made) throw new Error(JSON.stringify(made.problems));
  return made.policy;
}

describe("a preset", () => {
  test.each<[string, PolicyFlags, string]>([
    ["the default", {}, "dangling"],
    ["by name", { preset: "ci" }, "ci"],
    ["with flags that are off", { preset: "ci", all: false, filters: [] }, "ci"],
  ])("%s", (_, flags, name) => {
    expect(policyOf(flags)).toEqual(presetPolicy(name));
  });

  test("with --free goes only as far as is needed, and takes nothing else", () => {
    const preset = presetPolicy("ci");
    expect(policyOf({ preset: "ci", free: "10GB" })).toEqual({
      ...preset,
      images: [
        ...(preset?.images ?? []).map((rule) => ({ ...rule, onlyUnderPressure: true })),
        { name: "not-chosen", match: {}, keep: { always: true } },
      ],
      freeBytes: 10e9,
    });
  });
});

describe("one rule of flags", () => {
  test.each<[string, PolicyFlags, Match, Keep]>([
    ["-a", { all: true }, { all: [] }, {}],
    [
      "docker's filters narrow what is dangling",
      { filters: ["until=24h"] },
      { all: [DANGLING, { olderThan: DAY }] },
      {},
    ],
    ["a label as well", { filters: ["label=a=b"] }, { all: [DANGLING, { label: "a=b" }] }, {}],
    [
      "and its absence",
      { filters: ["label!=a"] },
      { all: [DANGLING, { not: { label: "a" } }] },
      {},
    ],
    ["with -a they narrow all", { all: true, filters: ["label=a"] }, { label: "a" }, {}],
    ["dangling=false is all", { filters: ["dangling=false"] }, {}, {}],
    ["dangling=0 too", { filters: ["dangling=0", "label=a"] }, { all: [{}, { label: "a" }] }, {}],
    ["dangling=true is not", { filters: ["dangling=TRUE"] }, DANGLING, {}],
    ["a reference looks at all", { filters: ["reference=app:*"] }, { reference: "app:*" }, {}],
    [
      "before and since do",
      { filters: ["before=a", "since=b"] },
      { all: [{ createdBefore: "a" }, { createdAfter: "b" }] },
      {},
    ],
    ["our own flags do", { olderThan: "7d" }, { all: [] }, { within: 7 * DAY }],
    [
      "but not with dangling=true",
      { olderThan: "7d", filters: ["dangling=true"] },
      DANGLING,
      { within: 7 * DAY },
    ],
    ["by last use", { unusedFor: "7d" }, { all: [] }, { within: 7 * DAY, by: "used" }],
    ["by size", { largerThan: "1GB" }, { largerThanBytes: 1e9 }, {}],
    ["by number", { keepLast: "3" }, { all: [] }, { last: 3 }],
    [
      "each keeps by itself",
      { olderThan: "1d", unusedFor: "2d", keepLast: "0" },
      { all: [] },
      { anyOf: [{ within: DAY }, { within: 2 * DAY, by: "used" }, { last: 0 }] },
    ],
    [
      "until a moment",
      { filters: ["until=2026-11-20T12:00:00Z"] },
      { all: [DANGLING, { olderThan: DAY }] },
      {},
    ],
    [
      "until seconds",
      { filters: [`until=${NOW_MS / 1000 - 60}`] },
      { all: [DANGLING, { olderThan: 60_000 }] },
      {},
    ],
    [
      "a label value may hold anything",
      { filters: ["label=a=b=c\n"] },
      { all: [DANGLING, { label: "a=b=c\n" }] },
      {},
    ],
  ])("%s", (_, flags, match, keep) => {
    // Only what `docker image prune` calls dangling by default goes without its content.
    const onlyDangling = "all" in match && match.all.includes(DANGLING);
    expect(policyOf(flags)).toEqual({
      source: "flags",
      protect: expect.any(Array),
      images: [{ name: "flags", match, keep, ...(onlyDangling ? { recovery: "record" } : {}) }],
    });
  });

  test.each<[PolicyFlags, string]>([
    [{ all: true }, "unused"],
    [{ filters: ["dangling=false", "until=1h"] }, "unused"],
    [{ all: true, olderThan: "1d" }, "production"],
    [{ unusedFor: "1d" }, "production"],
    [{ largerThan: "1GB" }, "production"],
    [{ keepLast: "3" }, "production"],
    [{ all: true, free: "1GB" }, "production"],
    [{ free: "1GB" }, "production"],
  ])(
    "%j protects what the preset %s does: docker's flags nothing, ours what clusters run by",
    (flags, preset) => {
      expect(policyOf(flags).protect).toEqual(presetPolicy(preset)?.protect);
      expect(presetPolicy("unused")?.protect).toEqual([]);
      expect(presetPolicy("production")?.protect).not.toEqual([]);
    },
  );

  test("space alone may take all but what is fresh", () => {
    expect(policyOf({ free: "1GB" })).toEqual({
      source: "flags",
      protect: expect.any(Array),
      images: [{ name: "free", match: {}, keep: { within: 3_600_000 }, onlyUnderPressure: true }],
      freeBytes: 1e9,
    });
  });
});

test("flags with --free go only as far as is needed, and take nothing else", () => {
  expect(policyOf({ olderThan: "1d", free: "1GB" })).toEqual({
    source: "flags",
    protect: expect.any(Array),
    images: [
      { name: "flags", match: { all: [] }, keep: { within: DAY }, onlyUnderPressure: true },
      { name: "not-chosen", match: {}, keep: { always: true } },
    ],
    freeBytes: 1e9,
  });
});

describe("every mistake is told at once", () => {
  test("all flags", () => {
    const made = policyFromFlags(
      {
        olderThan: "7",
        unusedFor: "",
        largerThan: "-1",
        free: "much",
        keepLast: "1.5",
        filters: ["until=x", "nothing", "dangling=maybe", "name=a", "label="],
        preset: "laptop",
      },
      NOW_MS,
    );
    expect("problems" in made && made.problems.map(({ flag, text }) => `${flag} ${text}`)).toEqual([
      "--filter until=x",
      "--filter nothing",
      "--filter dangling=maybe",
      "--filter name=a",
      "--filter label=",
      "--older-than 7",
      "--unused-for ",
      "--larger-than -1",
      "--free much",
      "--keep-last 1.5",
      "--preset laptop",
      "--preset laptop",
    ]);
  });

  test.each<[string, PolicyFlags, string]>([
    ["a negative number", { keepLast: "-1" }, "is not a whole number"],
    ["a number beyond all", { keepLast: "10000000000" }, "is not a whole number"],
    ["a moment to come", { filters: ["until=2027-01-01T00:00:00Z"] }, "until= lies in the future"],
    [
      "no moment",
      { filters: ["until=yesterday"] },
      "is not understood: until= takes a duration (24h) or a moment (2026-01-31T12:00:00Z)",
    ],
    [
      "a preset and a choice",
      { preset: "ci", all: true },
      "cannot be combined with flags that choose images; use one or the other",
    ],
    [
      "a preset and a filter",
      { preset: "ci", filters: ["label=a"] },
      "cannot be combined with flags that choose images; use one or the other",
    ],
    [
      "no such preset",
      { preset: "laptop" },
      "is not a preset; known: dangling, unused, workstation, ci, production, registry; a file is named with -p",
    ],
    [
      "a name of every object",
      { preset: "constructor" },
      "is not a preset; known: dangling, unused, workstation, ci, production, registry; a file is named with -p",
    ],
  ])("%s", (_, flags, detail) => {
    const made = policyFromFlags(flags, NOW_MS);
    expect("problems" in made && made.problems.map((problem) => problem.detail)).toEqual([detail]);
  });

  test("a moment needs the clock", () => {
    expect(policyFromFlags({ filters: ["until=2026-01-01T00:00:00Z"] })).toHaveProperty("problems");
  });
});
