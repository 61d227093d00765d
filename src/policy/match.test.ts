import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Match } from "./policy.ts";
import { compileLabelTest } from "./label-test.ts";
import { NO_LIBRARIES } from "./libraries.ts";

const HOUR = 3_600_000;

const HOST: HostWords = {
  images: {
    tagged: {
      names: "team/app:1.2",
      created: "9d",
      labels: { tier: "web", "org.name": "x" },
      sizeBytes: 500,
    },
    untagged: { created: "8d", platforms: "linux/arm64/v8 linux/amd64", sizeBytes: 50 },
    hosted: { names: "host:5000/app:latest", created: "7d", sizeBytes: 5 },
    odd: { names: "odd:1", created: "-", sizeBytes: 5 },
  },
};

describe("a match", () => {
  test.each<[what: string, match: Match, deletes: string]>([
    ["of anything", {}, "hosted odd tagged untagged"],
    ["a reference", { reference: "team/app:1.*" }, "tagged"],
    ["a registry", { registry: "host:*" }, "hosted"],
    ["a repository", { repository: "app" }, "hosted"],
    ["a tag", { tag: "l*" }, "hosted"],
    ["a label key", { label: "tier" }, "tagged"],
    ["a label key and its value, as globs", { label: "org.*=?" }, "tagged"],
    ["another value", { label: "tier=db" }, ""],
    ["untagged", { state: "untagged" }, "untagged"],
    ["unused", { state: "unused" }, "hosted odd tagged untagged"],
    ["running", { state: "running" }, ""],
    ["a platform", { platform: "linux/arm64/*" }, "untagged"],
    ["larger than", { largerThanBytes: 50 }, "tagged"],
    ["smaller than", { smallerThanBytes: 50 }, "hosted odd"],
    ["older than", { olderThan: 7.5 * 24 * HOUR }, "tagged untagged"],
    ["built before", { createdBefore: "host:5000/app" }, "tagged untagged"],
    ["built after", { createdAfter: "team/app:1.2" }, "hosted untagged"],
    ["built before what is not here", { createdBefore: "nothing:1" }, ""],
    ["all fields", { registry: "docker.io", tag: "1*", label: "tier" }, "tagged"],
    ["all of", { all: [{ label: "tier" }, { tag: "2" }] }, ""],
    ["all of none", { all: [] }, "hosted odd tagged untagged"],
    ["any of", { any: [{ label: "tier" }, { state: "untagged" }] }, "tagged untagged"],
    ["any of none", { any: [] }, ""],
    ["not", { not: { label: "tier" } }, "hosted odd untagged"],
    [
      "not, of what cannot be told",
      { not: { olderThan: 30 * 24 * HOUR } },
      "hosted tagged untagged",
    ],
    ["false whatever the unknown may be", { all: [{ olderThan: 0 }, { label: "tier" }] }, "tagged"],
    [
      "true whatever the unknown may be",
      { any: [{ olderThan: 0 }, { tag: "1" }] },
      "hosted odd tagged untagged",
    ],
  ])("%s", (_, match, deletes) => {
    const plan = planFor(HOST, { images: [{ name: "rule", match, keep: {} }] });
    expect(deletedBy(plan).join(" ")).toBe(deletes);
  });

  test("that cannot be told stops the search: no later rule decides", () => {
    const plan = planFor(HOST, {
      images: [
        { name: "old", match: { olderThan: 30 * 24 * HOUR }, keep: {} },
        { name: "all", match: {}, keep: {} },
      ],
    });
    expect(deletedBy(plan)).toEqual(["hosted", "tagged", "untagged"]);
    expect(keptBy(plan, "odd")).toEqual(["age-unknown"]);
  });

  test("that cannot be told protects", () => {
    const plan = planFor(HOST, {
      protect: [{ olderThan: 30 * 24 * HOUR }],
      images: [{ name: "all", match: {}, keep: {} }],
    });
    expect(keptBy(plan, "odd")).toEqual(["protected"]);
  });
});

test.each<[state: string, stopped: string]>([
  ["exited", "stopped"],
  ["created", "stopped"],
  ["dead", "stopped"],
  ["running", "running"],
  ["paused", "running"],
  ["removing", "running"],
])("used by a container that is %s is %s", (state, expected) => {
  const host: HostWords = {
    images: { app: { names: "app:1" } },
    containers: { web: { image: "app", state } },
  };
  for (const asked of ["stopped", "running"] as const) {
    // In use keeps whatever a rule says: the state shows in what a protection says of it.
    const plan = planFor(host, { protect: [{ state: asked }] });
    expect(keptBy(plan, "app")).toEqual(asked === expected ? ["in-use", "protected"] : ["in-use"]);
  }
});

test.each([
  ["keep", { keep: "" }, true],
  ["keep", { keeper: "" }, false],
  ["keep*", { keeper: "" }, true],
  ["keep=", { keep: "" }, true],
  ["keep=", { keep: "x" }, false],
  ["keep=a=b", { keep: "a=b" }, true],
  ["keep", {}, false],
])("label %j on %j: %s", (text, labels, holds) => {
  expect(compileLabelTest(text, NO_LIBRARIES)(labels)).toBe(holds);
});
