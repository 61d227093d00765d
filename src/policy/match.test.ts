import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { Match } from "./policy.ts";
import { compileLabelTest } from "./label-test.ts";
import { compileMatch } from "./match.ts";
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
    ["one of several references", { reference: ["odd", "team/app:1.2"] }, "odd tagged"],
    ["an expression on references", { reference: "/(app|odd):[0-9.]+$/" }, "odd tagged"],
    ["an expression on references as docker prints them", { reference: "/^odd:/" }, "odd"],
    ["one of several registries", { registry: ["host:5000", "/^docker/"] }, "hosted odd tagged"],
    ["one of several repositories", { repository: ["team/*", "/^odd$/"] }, "odd tagged"],
    ["one of no repositories", { repository: [] }, ""],
    ["a path, where the registry is given too", { registry: "*", repository: "*/app" }, "tagged"],
    ["a path or a name in full", { repository: "*/app" }, "hosted tagged"],
    ["an expression on tags, anywhere", { tag: "/[a-z]est/" }, "hosted"],
    ["an expression that is bound", { tag: "/^[0-9]$/" }, "odd"],
    ["one of several tags", { tag: ["1", "late*"] }, "hosted odd"],
    ["a version", { tag: { semver: "*" } }, "odd tagged"],
    ["a range", { tag: { semver: ">=1.1" } }, "tagged"],
    ["a range or a glob", { tag: [{ semver: ">=1.1" }, "latest"] }, "hosted tagged"],
    ["one of several labels", { label: ["tier=db", "org.*"] }, "tagged"],
    ["an expression on key=value", { label: "/^tier=w/" }, "tagged"],
    ["one of several platforms", { platform: ["linux/s390x", "linux/arm64/v8"] }, "untagged"],
    ["the target", { target: "def*" }, "hosted odd tagged untagged"],
    ["another target", { target: ["/^prod/", "staging"] }, ""],
    ["a digest", { digest: "sha256:7461*" }, "tagged"],
    ["at least so many names", { namesAtLeast: 1 }, "hosted odd tagged"],
    ["more names than there are", { namesAtLeast: 2 }, ""],
    ["not of unknown age", { olderThan: 0, by: "arrived" }, ""],
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

describe("a match on any name", () => {
  const host: HostWords = {
    images: {
      both: { names: "app:1.2 app:stable other:1" },
      one: { names: "app:1.3" },
      bare: { created: "9d" },
    },
  };
  test.each<[what: string, match: Match, untags: string]>([
    ["asks the names of the same repository", { anyName: { tag: "stable" } }, "1.2 stable"],
    ["besides the name itself", { anyName: { tag: "stable" }, tag: "1*" }, "1.2"],
    [
      "each for itself",
      { all: [{ anyName: { tag: "1*" } }, { anyName: { tag: "s*" } }] },
      "1.2 stable",
    ],
    ["turned round", { not: { anyName: { tag: "stable" } } }, "1 1.3"],
  ])("%s", (_, match, untags) => {
    const plan = planFor(host, { images: [{ name: "rule", match, keep: {}, untag: "only" }] });
    // The last name of an image stays on an engine.
    const named = plan.actions
      .flatMap(({ references }) => references)
      .map((name) => name.replace(/.*:/, ""));
    const last = plan.kept.some(({ reasons }) =>
      reasons.some(({ detail }) => detail.includes("last name")),
    )
      ? ["1.3"]
      : [];
    expect([...named, ...last].toSorted().join(" ")).toBe(untags);
  });
});

test.each<[what: string, match: Match, missing: string]>([
  ["an expression", { tag: "/a/" }, "expressions"],
  ["a range", { tag: { semver: "*" } }, "ranges of versions"],
])("%s without its library is a mistake of the program", (_, match, missing) => {
  const context = {
    nowMs: 0,
    targetName: "x",
    libraries: NO_LIBRARIES,
    createdMsOf: () => undefined,
  };
  expect(() => compileMatch(match, context)).toThrow(missing);
});
