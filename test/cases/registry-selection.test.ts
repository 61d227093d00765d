import type { Policy } from "../../src/policy/policy.ts";
import type { HostWords, ImageWords } from "../fixtures/host-in-words.ts";
import { DAY, describeCases, everyImage, HOUR } from "./case-table.ts";

/** A registry with images of these words. */
function registry(images: Readonly<Record<string, ImageWords>>): HostWords {
  return { target: "registry", images };
}

const rule = (match: Policy["images"][number]["match"], keep = {}): Partial<Policy> => ({
  images: [{ name: "rule", match, keep }],
});
const untagged = (keep = {}): Partial<Policy> => rule({ state: "untagged" }, keep);
const tagged = (keep = {}): Partial<Policy> => rule({ not: { state: "untagged" } }, keep);

/** Two manifests that only their index names. */
const index = (name: string, names: string, created: string) => ({
  [name]: { names, created, children: `${name}-amd ${name}-arm` },
  [`${name}-amd`]: { created },
  [`${name}-arm`]: { created },
});
const versions = registry({
  v32: { names: "r/app:1.32", created: "40d" },
  v33: { names: "r/app:1.33", created: "30d" },
  v35: { names: "r/app:1.35", created: "20d" },
  v36: { names: "r/app:1.36", created: "10d" },
  dummy: { names: "r/app:dummy", created: "50d" },
  loose: { created: "60d" },
});
const signed = registry({
  app: { names: "r/app:test", created: "9d" },
  signature: { names: "r/app:sha256-617070.sig", created: "9d", subject: "app" },
  sbom: { created: "9d", subject: "app" },
});
const fooBar = registry({ app: { names: "r/app:foo r/app:bar" } });

describeCases("in a registry: what tags select", [
  {
    id: "GH-01",
    what: "untagged images go, tagged ones stay",
    host: registry({ x: {}, y: {}, z: { names: "r/app:1.34" } }),
    policy: untagged(),
    deletes: "x y",
    keeps: { z: "no-rule" },
  },
  {
    id: "GH-01-indexes",
    what: "children go with their index and stay with it",
    host: registry({ ...index("x", "", "9d"), ...index("z", "r/app:1.34", "9d") }),
    policy: untagged(),
    deletes: "x x-amd x-arm",
    keeps: { "z-amd": "needed", "z-arm": "needed" },
  },
  {
    id: "GH-02",
    what: "by tag and by digest, and nothing else",
    host: registry({ a: { names: "r/app:a" }, b: { names: "r/app:b" }, c: {}, d: {} }),
    policy: {
      images: [
        { name: "tag", match: { tag: "a" }, keep: {} },
        { name: "digest", match: { digest: `sha256:${"63".padEnd(64, "0")}` }, keep: {} },
      ],
    },
    deletes: "a c",
    keeps: { b: "no-rule", d: "no-rule" },
  },
  {
    id: "GH-03",
    what: "by an expression, with the children",
    host: registry({
      ...index("a", "r/app:1.34-uclibc", "9d"),
      ...index("b", "r/app:1.35-uclibc", "9d"),
      ...index("c", "r/app:1.36-uclibc", "9d"),
    }),
    policy: rule({ tag: "/^1.3[56]-uclibc$/" }),
    deletes: "b b-amd b-arm c c-amd c-arm",
  },
  {
    id: "GH-04",
    what: "the two latest tagged ones stay, and all untagged",
    host: versions,
    policy: { ...tagged({ last: 2 }), protect: [{ tag: "dummy" }] },
    deletes: "v32 v33",
    keeps: { dummy: "protected", loose: "no-rule" },
  },
  {
    id: "GH-05",
    what: "of a pattern two stay, and others are not counted",
    host: registry({
      rc32: { names: "r/app:1.32-rc1", created: "40d" },
      v34: { names: "r/app:1.34", created: "30d" },
      rc35: { names: "r/app:1.35-rc1", created: "20d" },
      rc36: { names: "r/app:1.36-rc1", created: "10d" },
    }),
    policy: rule({ tag: "*-rc*" }, { last: 2 }),
    deletes: "rc32",
    keeps: { v34: "no-rule" },
  },
  {
    id: "GH-06",
    what: "two untagged ones stay",
    host: registry({
      a: { created: "3d" },
      b: { created: "2d" },
      c: { created: "1d" },
      v: { names: "r/app:1", created: "9d" },
    }),
    policy: untagged({ last: 2 }),
    deletes: "a",
  },
  {
    id: "GH-13",
    what: "a pattern that every tag of an image has",
    host: registry({ x: { names: "r/app:tag1 r/app:my-tag r/app:tag-3" } }),
    policy: rule({ tag: "*tag*" }),
    deletes: "x",
  },
  {
    id: "GH-16",
    what: "one tagged image stays, untagged ones go",
    host: versions,
    policy: {
      images: [
        { name: "untagged", match: { state: "untagged" }, keep: {} },
        { name: "tagged", match: {}, keep: { last: 1 } },
      ],
      protect: [{ tag: "dummy" }],
    },
    deletes: "loose v32 v33 v35",
  },
  {
    id: "GH-16-one-each",
    what: "one tagged image stays, and one untagged",
    host: registry({
      a: { created: "3d" },
      b: { created: "2d" },
      v1: { names: "r/app:1", created: "3d" },
      v2: { names: "r/app:2", created: "2d" },
    }),
    policy: {
      images: [
        { name: "untagged", match: { state: "untagged" }, keep: { last: 1 } },
        { name: "tagged", match: {}, keep: { last: 1 } },
      ],
    },
    deletes: "a v1",
  },
  {
    id: "GH-16-none",
    what: "none stays but what is excluded",
    host: versions,
    policy: { ...everyImage(), protect: [{ tag: "dummy" }] },
    deletes: "loose v32 v33 v35 v36",
  },
  {
    id: "GH-17",
    what: "nothing is older than thirty years",
    host: versions,
    policy: everyImage({ within: 30 * 365 * DAY }),
    deletes: "",
  },
  {
    id: "GH-17-second",
    what: "everything is older than a second",
    host: versions,
    policy: everyImage({ within: 1000 }),
    deletes: "dummy loose v32 v33 v35 v36",
  },
  {
    id: "GH-21",
    what: "an image with three tags takes one place",
    host: registry({
      old: { names: "r/app:1", created: "3d" },
      mid: { names: "r/app:2", created: "2d" },
      new: { names: "r/app:3 r/app:latest r/app:stable", created: "1d" },
    }),
    policy: everyImage({ last: 2 }),
    deletes: "old",
  },
  {
    id: "SN-01",
    what: "no pattern: all are chosen",
    host: fooBar,
    policy: everyImage(),
    deletes: "app",
  },
  ...(
    [
      ["SN-01-not", "a pattern that is excluded", { not: { anyName: { tag: "foo" } } }, ""],
      ["SN-01-conflict", "all of them, and none", { tag: "*", not: { tag: "*" } }, ""],
      ["SN-01-both", "each tag by its own pattern", { tag: ["foo", "bar"] }, "app"],
      ["SN-01-other", "a pattern that no tag has", { tag: "random" }, ""],
      ["SN-01-partly", "a pattern that one tag has, the other has not", { tag: "foo" }, ""],
    ] as const
  ).map(([id, what, match, deletes]) => ({
    id,
    what,
    host: fooBar,
    policy: rule(match),
    deletes,
  })),
  ...(
    [
      ["tagged", { not: { state: "untagged" } }, "t"],
      ["untagged", { state: "untagged" }, "u"],
      ["both", {}, "t u"],
    ] as const
  ).map(([what, match, deletes]) => ({
    id: "SN-02",
    what,
    host: registry({ t: { names: "r/app:1" }, u: {} }),
    policy: rule(match),
    deletes,
  })),
  ...[1, 3, 5].map((last) => ({
    id: "SN-03",
    what: `${last} of three stay, whatever the order`,
    host: registry({
      now: { names: "r/app:b", created: "0s" },
      ten: { names: "r/app:a", created: "10m" },
      five: { names: "r/app:c", created: "5m" },
    }),
    policy: everyImage({ last }),
    deletes: last === 1 ? "five ten" : "",
  })),
  {
    id: "SN-04",
    what: "older than the cut-off by one time, younger by the other",
    host: registry({ app: { names: "r/app:1", created: "11s", arrived: "9s" } }),
    policy: everyImage({ within: 10_000, by: "created" }),
    deletes: "app",
  },
  {
    id: "SN-04-arrived",
    what: "by its arrival it is younger",
    host: registry({ app: { names: "r/app:1", created: "11s", arrived: "9s" } }),
    policy: everyImage({ within: 10_000, by: "arrived" }),
    deletes: "",
  },
  {
    id: "SN-07",
    what: "a digest is compared whole",
    host: registry({ foo: {}, foos: {} }),
    policy: { ...everyImage(), protect: [{ digest: `sha256:${"666f6f".padEnd(64, "0")}` }] },
    deletes: "foos",
    keeps: { foo: "protected" },
  },
  {
    id: "GC-01",
    what: "one of three tags matches",
    host: registry({ app: { names: "r/app:tag1 r/app:tag2 r/app:tag3" } }),
    policy: rule({ anyName: { tag: "/^tag2$/" } }),
    deletes: "app",
  },
  ...(
    [
      ["all", "r/app:tag1 r/app:tag2", "app"],
      ["one more", "r/app:tag1 r/app:tag2 r/app:tag3", ""],
    ] as const
  ).map(([what, names, deletes]) => ({
    id: "GC-02",
    what: `${what} of the tags: all have to match`,
    host: registry({ app: { names } }),
    policy: rule({ tag: "/^tag1$|^tag2$/" }),
    deletes,
  })),
  {
    id: "GC-03",
    what: "the age is that of the upload",
    host: registry({
      old: { names: "r/app:1", created: "900d", arrived: "1h" },
      new: { names: "r/app:2", created: "1d", arrived: "30d" },
    }),
    policy: everyImage({ within: DAY, by: "arrived" }),
    deletes: "new",
  },
  {
    id: "GC-04",
    what: "untagged images take places where the rule takes them too",
    host: registry({
      a: { names: "r/app:1", created: "3d" },
      b: { created: "2d" },
      c: { created: "1d" },
    }),
    policy: everyImage({ last: 2, per: "target" }),
    deletes: "a",
  },
  {
    id: "GC-05",
    what: "an image that also has another tag stays",
    host: registry({ app: { names: "r/app:dev r/app:release" } }),
    policy: rule({ tag: "dev" }),
    deletes: "",
    keeps: { app: "no-rule" },
  },
  {
    id: "GC-06 GC-09",
    what: "a pattern on tags says nothing of what has none",
    host: registry({ loose: {}, dev: { names: "r/app:dev" } }),
    policy: rule({ tag: "/.*/" }),
    deletes: "dev",
    keeps: { loose: "no-rule" },
  },
  {
    id: "HAR-13",
    what: "a rule by arrival is not moved by whoever pulls for a scan",
    host: registry({ app: { names: "r/app:1", arrived: "90d", used: "1h", seen: "90d" } }),
    policy: everyImage({ within: 30 * DAY, by: "arrived" }),
    deletes: "app",
  },
  {
    id: "HAR-16",
    what: "charts, which have no platform, take no places of images",
    host: registry({
      image: { names: "r/app:1", created: "9d" },
      chart1: { names: "r/app:c1", created: "3d", platforms: "" },
      chart2: { names: "r/app:c2", created: "2d", platforms: "" },
    }),
    policy: {
      images: [
        { name: "images", match: { platform: "**" }, keep: { last: 1 } },
        { name: "charts", match: {}, keep: { last: 1 } },
      ],
    },
    deletes: "chart1",
  },
]);

describeCases("in a registry: what belongs together", [
  {
    id: "GH-08",
    what: "an index of which a child is missing goes with those that are here",
    host: registry({
      app: { names: "r/app:1", children: "arm gone" },
      arm: {},
    }),
    policy: rule({ tag: "1" }),
    deletes: "app arm",
  },
  ...(
    [
      ["GH-09", "all of its children", {}],
      ["GH-10", "some of its children", { arm: {} }],
    ] as const
  ).map(([id, what, rest]) => ({
    id,
    what: `an index without ${what} is kept, and the plan says why`,
    differs: "what lacks content stays until it is named: it may be under way",
    host: registry({
      app: { names: "r/app:1", children: "arm gone", unreadable: "a manifest is missing" },
      ...rest,
    }),
    policy: everyImage(),
    deletes: "",
    keeps: { app: "unreadable" },
  })),
  {
    id: "GH-11",
    what: "a signature without its image goes, one with it stays",
    host: registry({
      app: { names: "r/app:1" },
      kept: { names: "r/app:sha256-aa.sig", subject: "app" },
      lost: { names: "r/app:sha256-bb.sig", subject: "gone" },
      index: { names: "r/app:sha256-cc", subject: "gone" },
    }),
    policy: rule({ state: "referrer" }),
    deletes: "index lost",
    keeps: { kept: "needed" },
  },
  {
    id: "GH-18",
    what: "what is attached to an image and has no tag goes with it",
    host: registry({
      old: { created: "9d" },
      attestation: { subject: "old" },
      new: { names: "r/app:test", created: "1d" },
      other: { subject: "new" },
    }),
    policy: untagged(),
    deletes: "attestation old",
    keeps: { other: "needed" },
  },
  {
    id: "GH-19 GH-22",
    what: "an image and its signatures go together, each once",
    host: signed,
    policy: everyImage(),
    deletes: "app sbom signature",
  },
  {
    id: "GH-19-kept",
    what: "a referrer stays while its subject does",
    host: signed,
    policy: { ...everyImage(), protect: [{ tag: "test" }] },
    deletes: "",
    keeps: { sbom: "needed", signature: "needed" },
  },
  {
    id: "SN-06",
    what: "a child of an index that stays, tagged or not, stays",
    host: registry({
      app: { names: "r/app:latest", created: "1d", children: "arm amd" },
      arm: { names: "r/app:arm", created: "90d" },
      amd: { created: "90d" },
    }),
    policy: everyImage({ within: 7 * DAY }),
    deletes: "",
    keeps: { arm: "needed", amd: "needed" },
  },
  {
    id: "SN-06-unread",
    what: "an image that could not be read stays, and all of its repository, which it may list",
    host: registry({
      app: { names: "r/app:1", unreadable: "the manifest did not arrive" },
      other: { names: "r/app:2" },
    }),
    policy: everyImage(),
    deletes: "",
    keeps: { app: "unreadable", other: "unreadable" },
  },
  {
    id: "SN-06-package",
    what: "the other repositories are not held up by it, but what has no name is",
    host: registry({
      app: { names: "r/app:1", unreadable: "the manifest did not arrive" },
      elsewhere: { names: "r/tool:2" },
      nameless: {},
    }),
    policy: everyImage(),
    deletes: "elsewhere",
    keeps: { nameless: "unreadable" },
  },
  {
    id: "SN-06-pages",
    what: "while a page of images is missing nothing goes",
    host: { ...registry({ app: { names: "r/app:1" }, loose: {} }), unread: ["images"] },
    policy: everyImage(),
    deletes: "",
    keeps: { app: "unreadable", loose: "unreadable" },
  },
  {
    id: "GC-08 LAB-08 LAB-14",
    what: "children that no tag names are in use by their index",
    host: registry(index("app", "r/app:1", "9d")),
    policy: untagged(),
    deletes: "",
    keeps: { "app-amd": "needed", "app-arm": "needed" },
  },
  {
    id: "LAB-11",
    what: "nor do signatures of the index go",
    host: registry({ ...index("app", "r/app:1", "9d"), sig: { subject: "app" } }),
    policy: untagged(),
    deletes: "",
    keeps: { sig: "needed" },
  },
  {
    id: "DG-02",
    what: "an untagged index goes with its untagged children",
    host: registry({ list: { children: "m1 m2" }, m1: {}, m2: {} }),
    policy: untagged(),
    deletes: "list m1 m2",
  },
  {
    id: "DG-03",
    what: "an untagged index goes, its tagged children stay",
    host: registry({
      list: { children: "m1 m2" },
      m1: { names: "r/app:1" },
      m2: { names: "r/app:2" },
    }),
    policy: untagged(),
    deletes: "list",
  },
  {
    id: "DG-04",
    what: "a tagged index stays although a child of it is gone",
    host: registry({ list: { names: "r/app:1", children: "m1 gone" }, m1: {} }),
    policy: untagged(),
    deletes: "",
    keeps: { list: "no-rule", m1: "needed" },
  },
  {
    id: "DG-05",
    what: "the image that lost its tag goes, the one that got it stays",
    host: registry({ before: { created: "2d" }, after: { names: "r/app:test", created: "1d" } }),
    policy: untagged({ within: HOUR }),
    deletes: "before",
  },
  {
    id: "LAB-13",
    what: "one tag goes, the other keeps the image",
    host: registry({ app: { names: "r/app:a r/app:b" } }),
    policy: { images: [{ name: "rule", match: { tag: "a" }, keep: {}, untag: true }] },
    deletes: "",
    untags: "r/app:a",
  },
]);
