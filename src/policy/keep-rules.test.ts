import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Keep } from "./policy.ts";

const DAY = 86_400_000;

const HOST: HostWords = {
  images: {
    a1: { names: "a:1 a:stable", created: "10d" },
    a2: { names: "a:2", created: "20d" },
    a3: { names: "a:3 b:3", created: "30d" },
    b1: { names: "b:main-1", created: "40d", used: "1d", seen: "90d" },
    b2: { names: "b:main-2", created: "35d", arrived: "2d" },
    b3: { names: "b:fix-1", created: "90d" },
    odd: { names: "a:odd", created: "-" },
    none: { created: "50d" },
  },
};

describe("what a rule keeps of what it matches", () => {
  test.each<[what: string, keep: Keep, deletes: string]>([
    ["nothing", {}, "a1 a2 a3 b1 b2 b3 none odd"],
    ["all", { always: true }, ""],
    ["what is young; what is of unknown age", { within: 15 * DAY }, "a2 a3 b3 none"],
    ["by build", { within: 35 * DAY, by: "created" }, "b1 b3 none"],
    ["by arrival, unknown for most", { within: DAY, by: "arrived" }, "b2"],
    ["by use, unknown for most", { within: 0, by: "used" }, "b1"],
    ["the newest of each repository", { last: 1 }, "a2 a3 b2 b3"],
    ["the two newest", { last: 2 }, "a3 b3"],
    ["the newest of all", { last: 1, per: "target" }, "a1 a2 a3 b2 b3 none"],
    ["the newest of each branch", { last: 1, per: { tagPattern: "^(.+)-[0-9]+$" } }, "a2 b2"],
    ["either", { within: 15 * DAY, last: 2 }, "a3 b3"],
    [
      "any of several",
      {
        anyOf: [
          { within: DAY, by: "created" },
          { last: 1, per: "target" },
        ],
      },
      "a1 a2 a3 b2 b3 none",
    ],
    [
      "what stands beside them as well",
      { within: 25 * DAY, anyOf: [{ last: 1, per: "target" }] },
      "a3 b3 none",
    ],
    ["none of none", { last: 0 }, "a1 a2 a3 b1 b2 b3 none"],
  ])("%s", (_, keep, deletes) => {
    const plan = planFor(HOST, { images: [{ name: "rule", match: {}, keep }] });
    expect(deletedBy(plan).join(" ")).toBe(deletes);
  });

  test("images of one age are ranked by ID", () => {
    const host: HostWords = {
      images: { y: { names: "r:1" }, x: { names: "r:2" }, z: { names: "r:3" } },
    };
    const plan = planFor(host, { images: [{ name: "rule", match: {}, keep: { last: 2 } }] });
    expect(deletedBy(plan)).toEqual(["z"]);
  });

  test("what other rules matched does not count", () => {
    const plan = planFor(HOST, {
      images: [
        { name: "stable", match: { tag: "stable" }, keep: {} },
        { name: "rest", match: { repository: "a" }, keep: { last: 1 } },
      ],
    });
    expect(deletedBy(plan)).toEqual(["a2"]);
  });

  test("an expression that is none is an error, not a group", () => {
    const keep: Keep = { last: 1, per: { tagPattern: "(?=x)" } };
    expect(() => planFor(HOST, { images: [{ name: "rule", match: {}, keep }] })).toThrow(
      "is not an RE2 expression",
    );
  });
});

/** Images of one repository by the moment of their build. */
function builds(moments: Readonly<Record<string, string>>): HostWords {
  const images = Object.entries(moments).map(([word, created]) => [
    word,
    { names: `app:${word}`, created },
  ]);
  return { images: Object.fromEntries(images) as NonNullable<HostWords["images"]> };
}

describe("the newest of each day, week, month and year", () => {
  const host = builds({
    today1: "2026-11-21T10:00:00Z",
    today2: "2026-11-21T08:00:00Z",
    friday: "2026-11-20T23:30:00Z",
    monday: "2026-11-16T00:00:00Z",
    sunday: "2026-11-15T23:59:59Z",
    october: "2026-10-31T12:00:00Z",
    january: "2026-01-01T00:30:00Z",
    newyear: "2025-12-31T23:30:00Z",
    lastyear: "2025-06-01T00:00:00Z",
    epoch: "1970-01-01T00:00:00Z",
  });
  const all = "friday january lastyear monday newyear october sunday today1 today2";
  test.each<[what: string, keep: Keep, keeps: string, timeZone?: string]>([
    ["one day", { daily: 1 }, "today1"],
    ["two days: days without an image do not count", { daily: 3 }, "today1 friday monday"],
    ["days elsewhere", { daily: 2 }, "today1 monday", "Europe/Berlin"],
    ["one week begins on Monday", { weekly: 1 }, "today1"],
    ["two weeks", { weekly: 2 }, "today1 sunday"],
    ["weeks across the year", { weekly: 4 }, "today1 sunday october january"],
    ["months", { monthly: 3 }, "today1 october january"],
    ["months elsewhere", { monthly: 4 }, "today1 october january lastyear", "America/New_York"],
    ["years", { yearly: 2 }, "today1 newyear"],
    ["years elsewhere", { yearly: 2 }, "today1 lastyear", "Europe/Berlin"],
    ["more than there are", { yearly: 9 }, "today1 newyear"],
    ["all of them at once", { daily: 1, weekly: 2, yearly: 2 }, "today1 sunday newyear"],
    ["none", { daily: 0 }, ""],
  ])("%s", (_, keep, keeps, timeZone = "UTC") => {
    const plan = planFor(host, { images: [{ name: "rule", match: {}, keep }], timeZone });
    const kept = new Set(keeps.split(" "));
    const expected = all.split(" ").filter((word) => !kept.has(word));
    expect(deletedBy(plan)).toEqual(expected);
    expect(keptBy(plan, "epoch")).toEqual(["age-unknown"]);
  });

  test("of two of one moment the one with the lower ID", () => {
    const at = "2026-11-21T10:00:00Z";
    const plan = planFor(builds({ b: at, a: at, c: at }), {
      images: [{ name: "rule", match: {}, keep: { daily: 1 } }],
    });
    expect(deletedBy(plan)).toEqual(["b", "c"]);
  });

  test("by arrival, which is unknown for most", () => {
    const images = {
      a: { names: "app:a", created: "1d", arrived: "9d" },
      b: { names: "app:b", created: "9d", arrived: "8d" },
      c: { names: "app:c", created: "2d" },
    };
    const plan = planFor(
      { images },
      { images: [{ name: "rule", match: {}, keep: { weekly: 1, by: "arrived" } }] },
    );
    expect(deletedBy(plan)).toEqual(["a"]);
    expect(keptBy(plan, "c")).toEqual(["age-unknown"]);
  });

  test("in each group", () => {
    const images = {
      a1: { names: "a:1", created: "1d" },
      a2: { names: "a:2", created: "1d" },
      b1: { names: "b:1", created: "2d" },
    };
    const rule = (keep: Keep) => ({ images: [{ name: "rule", match: {}, keep }] });
    expect(deletedBy(planFor({ images }, rule({ daily: 1 })))).toEqual(["a2"]);
    expect(deletedBy(planFor({ images }, rule({ daily: 1, per: "target" })))).toEqual(["a2", "b1"]);
  });
});

describe("versions", () => {
  const host: HostWords = {
    images: {
      v1: { names: "app:1.0.0", created: "1d" },
      v19: { names: "app:1.9", created: "50d" },
      v110: { names: "app:1.10.0 app:1.10 app:1", created: "40d" },
      v2: { names: "app:v2.0.0", created: "90d" },
      rc: { names: "app:2.1.0-rc.1", created: "2d" },
      main: { names: "app:main", created: "90d" },
      none: { created: "90d" },
    },
  };
  test.each<[what: string, keep: Keep, deletes: string]>([
    ["the highest", { last: 1, by: "version" }, "v1 v110 v19 v2"],
    ["the three highest: a pre-release is one", { last: 3, by: "version" }, "v1 v19"],
    ["images count, not names", { last: 4, by: "version" }, "v1"],
    ["the highest of each major version", { perMajor: 1 }, "v1 v19 v2"],
    ["the two highest of each major version", { perMajor: 2 }, "v1"],
    ["the highest of each minor version", { perMinor: 1 }, ""],
    [
      "versions beside ages, which are by activity",
      { last: 1, by: "version", within: 45 * DAY },
      "v19 v2",
    ],
  ])("%s", (_, keep, deletes) => {
    const plan = planFor(host, { images: [{ name: "rule", match: {}, keep }] });
    expect(deletedBy(plan).join(" ")).toBe(deletes);
    for (const word of ["main", "none"]) expect(keptBy(plan, word)).toEqual(["version-unknown"]);
  });

  test("of two with one version the later", () => {
    const images = {
      old: { names: "app:1.2", created: "9d" },
      new: { names: "app:1.2.0", created: "1d" },
    };
    const plan = planFor(
      { images },
      { images: [{ name: "rule", match: {}, keep: { last: 1, by: "version" } }] },
    );
    expect(deletedBy(plan)).toEqual(["old"]);
  });

  test("in words", () => {
    const plan = planFor(host, {
      images: [{ name: "rule", match: { tag: { semver: "<2" } }, keep: { perMajor: 2 } }],
    });
    const told = [
      ...plan.actions.map(({ reason }) => reason),
      ...plan.kept.flatMap(({ reasons }) => reasons.map(({ detail }) => detail)),
    ];
    expect(told).toContain("in use by nothing, created 1d ago; 3rd highest of 1.x, 2 are kept");
    expect(told).toContain("the highest of 1.x in app, 2 are kept");
    expect(told).toContain("2nd highest of 1.x in app, 2 are kept");
  });
});

describe("what is counted", () => {
  const host: HostWords = {
    images: {
      a: { names: "app:a", created: "1d" },
      b: { names: "app:b app:stable", created: "2d" },
      c: { names: "app:c", created: "3d" },
      d: { names: "app:d", created: "4d" },
    },
  };
  const stable = {
    name: "stable",
    match: { tag: ["a", "stable"] },
    keep: { always: true },
  } as const;
  test.each<[among: Keep["among"], deletes: string]>([
    [undefined, "d"],
    ["rule", "d"],
    ["match", "c d"],
  ])("among %s", (among, deletes) => {
    const keep: Keep = { last: 2, ...(among === undefined ? {} : { among }) };
    const plan = planFor(host, { images: [stable, { name: "rest", match: {}, keep }] });
    expect(deletedBy(plan).join(" ")).toBe(deletes);
  });

  test("what is protected or in use counts, what belongs to others does not", () => {
    const plan = planFor(
      {
        images: {
          index: { names: "app:1", created: "1d", children: "manifest" },
          manifest: { created: "1d" },
          used: { names: "app:2", created: "2d" },
          old: { names: "app:3", created: "3d" },
          older: { created: "9d" },
          oldest: { created: "10d" },
        },
        containers: { web: { image: "used" } },
      },
      { images: [{ name: "rule", match: {}, keep: { last: 1 } }] },
    );
    expect(deletedBy(plan)).toEqual(["old", "oldest"]);
  });
});
