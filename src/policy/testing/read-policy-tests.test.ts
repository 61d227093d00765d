import { describe, expect, test } from "vitest";

import { inventoryOf } from "./host-inventory.ts";
import { idOf } from "./image-word.ts";
import type { PolicyTest } from "./policy-test.ts";
import { readPolicyTests } from "./read-policy-tests.ts";

const HEAD = "policy: a.yaml\nnow: 2026-11-21T12:00:00Z\n";

function readOne(text: string): PolicyTest {
  const read = readPolicyTests(HEAD + text);
  if ("problems" in read) throw new Error(JSON.stringify(read.problems));
  const [only] = read.tests;
  if (only === undefined) throw new Error("no test");
  return only;
}

function imageOf(line: string, more = "") {
  const { host, now } = readOne(`${more}images:\n  - base:1  50MB\n  - ${line}\n`);
  const { images, containers } = inventoryOf(host, now);
  const image = images[1];
  if (image === undefined) throw new Error("no image");
  return { image, containers };
}

describe("a line about an image", () => {
  test.each<[line: string, image: object, more?: string]>([
    ["app:1", { references: ["docker.io/library/app:1"], sizeBytes: 1_000_000 }],
    ["app", { references: ["docker.io/library/app:latest"] }],
    [
      "app:1 quay.io/app:2 app:0",
      { references: ["docker.io/library/app:0", "docker.io/library/app:1", "quay.io/app:2"] },
    ],
    ["<old>", { id: idOf("old"), references: [], repoDigests: [] }],
    ["app:1 <old>", { id: idOf("old"), references: ["docker.io/library/app:1"] }],
    [
      "app@digest",
      { id: idOf("app"), references: [], repoDigests: [`docker.io/library/app@${idOf("app")}`] },
    ],
    ["app@digest <old>", { references: [], repoDigests: [`docker.io/library/app@${idOf("old")}`] }],
    ["app:1 3d", { createdAt: "2026-11-18T12:00:00.000Z", arrivedAt: "2026-11-18T12:00:00.000Z" }],
    [
      "app:1 created 3d arrived 1h",
      { createdAt: "2026-11-18T12:00:00.000Z", arrivedAt: "2026-11-21T11:00:00.000Z" },
    ],
    ["app:1 created 2026-01-01", { createdAt: "2026-01-01" }],
    ["app:1 3d created unknown", { arrivedAt: "2026-11-18T12:00:00.000Z" }],
    [
      "app:1 used 1d watched 2d",
      { lastUsedAt: "2026-11-20T12:00:00.000Z", firstSeenAt: "2026-11-19T12:00:00.000Z" },
    ],
    ["app:1 used 1d", { firstSeenAt: "2026-11-11T12:00:00.000Z" }, "watched: 10d\n"],
    ["app:1 120MB", { sizeBytes: 120_000_000, blobs: ["app:1"] }],
    ["app:1 20MB on base:1", { sizeBytes: 70_000_000, blobs: ["app:1", "base:1"] }],
    [
      "app:1 20MB on deps",
      { sizeBytes: 320_000_000, blobs: ["app:1", "deps"] },
      "layers: { deps: 300MB }\n",
    ],
    ["app:1 20MB from base:1", { parent: idOf("base:1"), blobs: ["app:1", "base:1"] }],
    ["app:1 lists base:1", { children: [idOf("base:1")] }],
    ["<sig> attached to base:1", { subject: idOf("base:1") }],
    ["app:1 label keep label a=b", { labels: { keep: "", a: "b" } }],
    ["app:1 platform linux/arm64,linux/amd64", { platforms: ["linux/arm64", "linux/amd64"] }],
    ["app:1 unreadable", { unreadable: "it could not be read" }],
  ])("%s", (line, expected, more) => {
    expect(imageOf(line, more).image).toMatchObject(expected);
  });

  test("an unknown time is none", () => {
    const { image } = imageOf("app:1 arrived 3d");
    expect(image.createdAt).toBeUndefined();
  });

  test.each<[line: string, containers: readonly object[]]>([
    ["app:1 used by web", [{ name: "web", state: "running", imageId: idOf("app:1") }]],
    ["app:1 used by web,job 3d", [{ name: "web" }, { name: "job" }]],
    [
      "app:1 used by job (exited 2d)",
      [{ state: "exited", finishedAt: "2026-11-19T12:00:00.000Z" }],
    ],
    [
      "app:1 used by job (created 2d) 1MB",
      [{ state: "created", createdAt: "2026-11-19T12:00:00.000Z" }],
    ],
  ])("%s", (line, expected) => {
    expect(imageOf(line).containers).toMatchObject(expected);
  });
});

test("lines about everything else", () => {
  const { host, now } = readOne(`
target: engine builder
store: containerd
disk: 100GB free of 1TB
images: ["app:1"]
containers: ["job of app:1 exited 2d made 9d 3MB volumes data,logs networks lan label a=b", "far of other:1"]
services: ["api of api:2,api:1"]
volumes: ["data 40d 2GB", "x anonymous label a", "far driver nfs"]
networks: ["lan 9d", "mesh swarm", "bridge built-in"]
buildCache: ["s1 used 9d 5MB", "s2 type source.local after s1 in-use shared"]
unread: [volumes]
`);
  expect(inventoryOf(host, now)).toMatchObject({
    target: { kind: "engine", name: "builder" },
    engine: { imageStore: "containerd", disk: { totalBytes: 1e12, freeBytes: 1e11 } },
    containers: [
      {
        name: "job",
        imageId: idOf("app:1"),
        state: "exited",
        finishedAt: "2026-11-19T12:00:00.000Z",
        sizeBytes: 3e6,
        volumes: ["data", "logs"],
        networks: ["lan"],
        labels: { a: "b" },
      },
      { name: "far", image: "other:1", state: "running" },
    ],
    services: [{ name: "api", images: ["api:2", "api:1"] }],
    volumes: [
      { name: "data", anonymous: false, sizeBytes: 2e9 },
      { anonymous: true, labels: { a: "" } },
      { driver: "nfs" },
    ],
    networks: [{ name: "lan" }, { scope: "swarm" }, { builtIn: true }],
    buildCache: [
      { id: "s1", sizeBytes: 5e6 },
      { type: "source.local", parents: ["s1"], inUse: true, shared: true },
    ],
    unread: ["volumes"],
  });
});

test("several tests take from the top what they do not say", () => {
  const read = readPolicyTests(
    `${HEAD}images: ["app:1"]
tests:
  - { name: one, removes: ["app:1 by old rule because it is old"] }
  - name: two
    now: 2027-01-01
    policy:
      version: 1
    images: ["db:1"]
    keeps: ["db:1", "container web by exited"]
`,
  );
  expect(read).toMatchObject({
    tests: [
      {
        name: "one",
        line: 5,
        policy: { kind: "named", name: "a.yaml", at: { line: 1, column: 9 } },
        now: "2026-11-21T12:00:00.000Z",
        removes: [{ kind: "image", name: "app:1", rule: "old rule", reason: "it is old" }],
        keeps: [],
      },
      {
        name: "two",
        policy: { kind: "inline", text: `${"\n".repeat(8)}      version: 1\n` },
        now: "2027-01-01T00:00:00.000Z",
        keeps: [{ name: "db:1" }, { kind: "container", name: "web", rule: "exited" }],
      },
    ],
  });
});

describe("what is wrong is told with its place, all of it at once", () => {
  test.each<
    [
      text: string,
      problems: readonly (readonly [
        place: string,
        found: string | undefined,
        detail: string,
        suggestion?: string,
      ])[],
    ]
  >([
    [
      "",
      [
        ["1:1", undefined, "`policy` is missing"],
        ["1:1", undefined, "`now` is missing"],
      ],
    ],
    [
      "[]",
      [
        ["1:1", "[]", "a mapping with"],
        ["1:1", undefined, "`policy`"],
        ["1:1", undefined, "`now`"],
      ],
    ],
    [`${HEAD}imags: []\n`, [["3:1", "imags", "is no key of a policy test", "images"]]],
    [
      `${HEAD}images:\n  - app:1 arived 3d\n`,
      [["4:11", "arived", "is no word of this line", "arrived"]],
    ],
    [
      `${HEAD}images:\n  - app:1 3d arived 3d\n`,
      [["4:14", "arived", "is no word of this line", "arrived"]],
    ],
    [
      `${HEAD}images:\n  - app:1 used by web (stoped 2d)\n`,
      [["4:23", "(stoped 2d)", "is not a state such as"]],
    ],
    [
      `${HEAD}images:\n  - app:1 used by web\n  - app:2 used by web\n`,
      [["5:19", "web", "uses another image too"]],
    ],
    [`${HEAD}images:\n  - "app:1 used soon"\n`, [["4:17", "soon", "neither an age"]]],
    [
      `${HEAD}images:\n  - app:1 on base\n`,
      [["4:14", "base", "neither an image nor a layer of this test"]],
    ],
    [
      `${HEAD}images:\n  - app:1\n  - app:1\n`,
      [["5:5", "app:1", "has a name that another image has: app:1"]],
    ],
    [`${HEAD}images:\n  - app:1: 3d\n`, [["4:5", "app:1: 3d", "put it in quotes"]]],
    [`${HEAD}images: app:1\n`, [["3:9", "app:1", "is not a list of lines"]]],
    [`${HEAD}removes: ["app:1"]\n`, [["3:12", "app:1", "is the name of no image of this test"]]],
    [`${HEAD}now: x\n`, [["3:1", "now", "stands here a second time"]]],
    [`${HEAD}images: ${"[".repeat(500)}\n`, [["3:208", undefined, "nested too deep"]]],
    [`${HEAD}images: [*a]\n`, [["3:10", "*a", "an alias without an anchor"]]],
    [`${HEAD}---\nnow: x\n`, [["3:1", undefined, "a second document begins here"]]],
    [
      `${HEAD}images: ["app:1 xyz"]\ntests: [{ removes: [] }, { removes: [] }]\n`,
      [["3:17", "xyz", "is no word of this line"]],
    ],
    ["policy: a\nnow: soon\n", [["2:6", "soon", "not a time"]]],
    [
      `${HEAD}disk: full\ntarget: host\nstore: x\nwatched: long\n`,
      [
        ["3:7", "full", "disk"],
        ["4:9", "host", "engine"],
        ["5:8", "x", "containerd"],
        ["6:10", "long", "age"],
      ],
    ],
    [`${HEAD}tests: []\n`, [["1:1", undefined, "there is no test"]]],
    [`${HEAD}removes: []\ntests: [{}]\n`, [["3:1", undefined, "each test says its own"]]],
    [`${HEAD}x: "\n`, [["4:1", undefined, "quote"]]],
  ])("%j", (text, expected) => {
    const read = readPolicyTests(text);
    const problems = "problems" in read ? read.problems : [];
    expect(
      problems.map(({ line, column, found, suggestion }) => [
        `${line}:${column}`,
        found,
        suggestion,
      ]),
    ).toEqual(expected.map(([place, found, , suggestion]) => [place, found, suggestion]));
    expected.forEach(([, , detail], index) => expect(problems[index]?.detail).toContain(detail));
  });
});
