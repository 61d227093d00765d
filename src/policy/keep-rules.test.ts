import { describe, expect, test } from "vitest";

import { deletedBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
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
