import { describe, expect, test } from "vitest";

import { familiarName } from "../../src/oci/reference.ts";
import { planRemovalOf } from "../../src/plan/select-removals.ts";
import {
  deletedBy,
  idOf,
  inventoryOf,
  NOW,
  sha256,
  subjectsOf,
  wordOf,
  type HostWords,
} from "../fixtures/host-in-words.ts";
import { testCases, type CaseRow } from "./case-table.ts";

interface NamedCase extends CaseRow {
  readonly host: HostWords;
  readonly named: readonly string[];
  readonly withContainers?: true;
  readonly deletes?: string;
  readonly untags?: string;
  readonly containers?: string;
  readonly blocked?: string;
  readonly unmatched?: readonly string[];
}

const digest = idOf("d");
const cached = (...words: readonly string[]): NonNullable<HostWords["images"]> =>
  Object.fromEntries(words.map((word) => [word, { names: `${word}:1` }]));
const repoAndDigest = { images: { app: { names: "repo:latest repo@d" } } } as const;
const threeNames = { images: { app: { names: "repo:latest repo:other repo@d" } } } as const;
const twoRepositories = {
  images: { app: { names: "repo:v1 repo:v2 other:latest repo@d other@d" } },
} as const;
const used = {
  images: { app: { names: "a:1 a:2 b:1" } },
  containers: { web: { image: "app", state: "running" } },
} as const;
const stopped = { ...used, containers: { web: { image: "app", state: "exited" } } } as const;
const chain = {
  images: { img1: {}, img2: { names: "name:latest", parent: "img1" } },
  containers: { web: { image: "img1", state: "exited" } },
} as const;

const CASES: readonly NamedCase[] = [
  { id: "G1", what: "nothing named, nothing there", host: {}, named: [] },
  {
    id: "G2",
    what: "named, not there",
    host: {},
    named: ["a:1", "b:1"],
    unmatched: ["a:1", "b:1"],
  },
  { id: "G3", what: "nothing named", host: { images: cached("a", "b") }, named: [] },
  {
    id: "G4",
    what: "two of three",
    host: { images: cached("a", "b", "c") },
    named: ["a:1", "b:1"],
    deletes: "a b",
  },
  {
    id: "G5",
    what: "all three",
    host: { images: cached("a", "b", "c") },
    named: ["a:1", "b:1", "c:1"],
    deletes: "a b c",
  },
  {
    id: "G6",
    what: "one that runs",
    host: { images: cached("a"), containers: { web: { image: "a" } } },
    named: ["a:1"],
    blocked: "a",
  },
  {
    id: "G7",
    what: "two that run, of three",
    host: {
      images: cached("a", "b", "c"),
      containers: { one: { image: "b" }, two: { image: "c" } },
    },
    named: ["b:1", "c:1"],
    blocked: "b c",
  },
  {
    id: "G8",
    what: "all by a pattern",
    host: { images: cached("a", "b", "c") },
    named: ["*"],
    deletes: "a b c",
  },
  {
    id: "G9",
    what: "by a pattern and once more by name",
    host: { images: cached("a", "b", "c") },
    named: ["*", "b:1"],
    deletes: "a b c",
  },
  {
    id: "H18",
    what: "the only name",
    host: { images: cached("justoneimage") },
    named: ["justoneimage:1"],
    deletes: "justoneimage",
  },
  {
    id: "H19",
    what: "one of two repositories of a digest",
    host: { images: { app: { names: "repo:latest other:latest" } } },
    named: ["repo"],
    untags: "repo:latest",
  },
  {
    id: "H20",
    what: "the name, and the digest goes along",
    host: repoAndDigest,
    named: ["repo"],
    deletes: "app",
  },
  { id: "H21", what: "a bare digest", host: repoAndDigest, named: [digest], deletes: "app" },
  {
    id: "H22",
    what: "the repository by its digest",
    host: repoAndDigest,
    named: [`repo@${digest}`],
    deletes: "app",
  },
  {
    id: "H23",
    what: "one tag of two: the other and the digest stay",
    host: threeNames,
    named: ["repo"],
    untags: "repo:latest",
  },
  {
    id: "H24",
    what: "one repository by its tag: the other repository stays",
    host: { images: { app: { names: "repo:latest other:latest repo@d" } } },
    named: ["repo"],
    untags: "repo:latest",
  },
  {
    id: "H25",
    what: "one repository by its digest: the other stays",
    host: twoRepositories,
    named: [`repo@${digest}`],
    untags: "repo:v1 repo:v2",
  },
  {
    id: "H25-untagged",
    what: "a repository that has the digest but no tag, beside one that has a tag",
    host: { images: { app: { names: "other:latest repo@d other@d" } } },
    named: [`repo@${digest}`],
    unmatched: [`repo@${digest}`],
  },
  {
    id: "H26",
    what: "a digest that only another repository has",
    host: { images: { app: { names: "other:latest other@d" } } },
    named: [`repo@${digest}`],
    unmatched: [`repo@${digest}`],
  },
  {
    id: "H27",
    what: "a name that nothing has",
    host: repoAndDigest,
    named: ["nothing:1"],
    unmatched: ["nothing:1"],
  },
  { id: "H30", what: "by ID what runs", host: used, named: [idOf("app")], blocked: "app" },
  {
    id: "H31",
    what: "by ID what a stopped container uses: the tags stay",
    host: stopped,
    named: [idOf("app")],
    blocked: "app",
  },
  {
    id: "H31-with",
    what: "with its containers",
    host: stopped,
    named: [idOf("app")],
    withContainers: true,
    containers: "container-web",
    deletes: "app",
  },
  {
    id: "H30-with",
    what: "a running container does not go with it",
    host: used,
    named: [idOf("app")],
    withContainers: true,
    blocked: "app",
  },
  {
    id: "both-states",
    what: "a stopped container is not lost for an image that another one runs",
    host: {
      images: cached("a"),
      containers: { one: { image: "a" }, two: { image: "a", state: "exited" } },
    },
    named: ["a:1"],
    withContainers: true,
    blocked: "a",
  },
  {
    id: "H32",
    what: "by ID with five tags",
    host: { images: { app: { names: "a:1 a:2 b:1 b:2 c:1" } } },
    named: [idOf("app")],
    deletes: "app",
  },
  {
    id: "H33",
    what: "an extra tag while a container uses another",
    host: used,
    named: ["b:1"],
    untags: "b:1",
  },
  {
    id: "H34",
    what: "an image whose parent is in use",
    host: {
      images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } },
      containers: { web: { image: "base" } },
    },
    named: ["app:1"],
    deletes: "app",
  },
  {
    id: "H35",
    what: "a name that has moved up a chain: what is below is in use and stays",
    host: chain,
    named: ["name"],
    deletes: "img2",
  },
  {
    id: "parent",
    what: "a parent while its child stays",
    host: { images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } } },
    named: [idOf("base")],
    blocked: "base",
  },
  {
    id: "parent-name",
    what: "a parent by its last name while its child stays",
    host: { images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } } },
    named: ["base:1"],
    blocked: "base",
  },
  {
    id: "parent-extra-name",
    what: "an extra name of a parent goes, whatever stands on it",
    host: { images: { base: { names: "base:1 base:2" }, app: { names: "app:1", parent: "base" } } },
    named: ["base:2"],
    untags: "base:2",
  },
  {
    id: "parent-with",
    what: "no stopped container is lost for a parent that stays all the same",
    host: {
      images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } },
      containers: { web: { image: "base", state: "exited" } },
    },
    named: ["base:1"],
    withContainers: true,
    blocked: "base",
  },
  {
    id: "parent-both",
    what: "a parent and its child together",
    host: { images: { base: { names: "base:1" }, app: { names: "app:1", parent: "base" } } },
    named: ["base:1", "app:1"],
    deletes: "app base",
  },
  {
    id: "all-names",
    what: "every name one by one",
    host: { images: { app: { names: "a:1 b:1" } } },
    named: ["a:1", "b:1"],
    deletes: "app",
  },
  {
    id: "glob",
    what: "a pattern on tags",
    host: { images: { app: { names: "a:1.0 a:1.1 a:2.0" } } },
    named: ["a:1.*"],
    untags: "a:1.0 a:1.1",
  },
  {
    id: "glob-none",
    what: "a pattern that nothing matches",
    host: { images: cached("a") },
    named: ["b*"],
    unmatched: ["b*"],
  },
  {
    id: "short",
    what: "the beginning of an ID",
    host: { images: { app: {} } },
    named: [idOf("app").slice(7, 13)],
    deletes: "app",
  },
  {
    id: "unread",
    what: "while the containers cannot be read",
    host: { images: cached("a"), unread: ["containers"] },
    named: ["a:1"],
    blocked: "a",
  },
];

testCases("removal of what is named", CASES, ({ host, named, ...expected }) => {
  const withContainers = expected.withContainers ?? false;
  const removals = planRemovalOf(
    inventoryOf(host),
    { patterns: named, withContainers },
    NOW,
    sha256,
  );
  const { plan, blocked, unmatched, ambiguous } = removals;
  expect({
    deletes: deletedBy(plan).join(" "),
    untags: subjectsOf(plan, "untag").map(familiarName).toSorted().join(" "),
    containers: subjectsOf(plan, "remove-container").join(" "),
    blocked: blocked.map(({ imageId }) => wordOf(imageId)).join(" "),
    unmatched,
    ambiguous,
  }).toEqual({
    deletes: expected.deletes ?? "",
    untags: expected.untags ?? "",
    containers: expected.containers ?? "",
    blocked: expected.blocked ?? "",
    unmatched: expected.unmatched ?? [],
    ambiguous: [],
  });
  expect(plan.actions.length + plan.kept.length).toBeGreaterThanOrEqual(
    Object.keys(host.images ?? {}).length,
  );
});

describe("removal of what is named", () => {
  test("what is built on an image is named, to the last", () => {
    const images = {
      base: { names: "base:1" },
      step: { parent: "base" },
      app: { names: "app:1", parent: "step" },
      old: { parent: "step" },
    };
    const { blocked } = planRemovalOf(
      inventoryOf({ images, containers: { web: { image: "app" } } }),
      { patterns: ["base:1"], withContainers: false },
      NOW,
      sha256,
    );
    expect(blocked).toMatchObject([
      {
        references: ["docker.io/library/base:1"],
        uses: [],
        neededBy: [
          { imageId: idOf("app"), uses: [{ name: "web" }] },
          { imageId: idOf("old"), uses: [] },
        ],
      },
    ]);
  });

  test("the beginning of several IDs names none of them", () => {
    const inventory = inventoryOf({ images: { apple: {}, apply: {} } });
    const { plan, ambiguous } = planRemovalOf(
      inventory,
      { patterns: [idOf("appl").slice(7, 15)], withContainers: false },
      NOW,
      sha256,
    );
    expect(plan.actions).toEqual([]);
    expect(ambiguous.map(({ imageIds }) => imageIds.map(wordOf))).toEqual([["apple", "apply"]]);
  });

  test("what is in the way is told in words and as data", () => {
    const { blocked } = planRemovalOf(
      inventoryOf(stopped),
      { patterns: ["a:1", "a:2", "b:1"], withContainers: false },
      NOW,
      sha256,
    );
    expect(blocked).toEqual([
      {
        imageId: idOf("app"),
        references: ["docker.io/library/a:1", "docker.io/library/a:2", "docker.io/library/b:1"],
        uses: [{ kind: "container", id: "container-web", name: "web", state: "exited" }],
        neededBy: [],
        detail: "used by exited container web",
      },
    ]);
  });
});
