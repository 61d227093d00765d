import { expect, test } from "vitest";
import { ContainerdGraph, hasExpired } from "./containerd-graph.ts";

const content = (digest: string, labels: Record<string, string> = {}) => ({
  digest,
  size: 1,
  labels,
});
const snapshot = (name: string, parent = "", labels: Record<string, string> = {}) => ({
  name,
  parent,
  kind: 3,
  labels,
});

const GRAPH = new ContainerdGraph(
  [
    content("index", {
      "containerd.io/gc.ref.content.m.0": "manifest",
      "containerd.io/gc.ref.content.m.1": "absent",
    }),
    content("manifest", {
      "containerd.io/gc.ref.content.config": "config",
      "containerd.io/gc.ref.content.l.0": "layer",
      "containerd.io/distribution.source.docker.io": "library/a",
    }),
    content("config", {
      "containerd.io/gc.ref.snapshot.overlayfs": "top",
      "containerd.io/gc.ref.snapshot.native": "other",
    }),
    content("layer"),
    content("kept", { "containerd.io/gc.root": "2026" }),
  ],
  [
    snapshot("top", "init"),
    snapshot("init", "bottom"),
    snapshot("bottom"),
    snapshot("other"),
    snapshot("made", "bottom"),
  ],
  "overlayfs",
);
const ALL = ["config", "layer", "manifest", "snapshot:bottom", "snapshot:init", "snapshot:top"];

test.each([
  { from: "index", keys: ["config", "index", ...ALL.slice(1)] },
  { from: "manifest", keys: ALL },
  { from: "layer", keys: ["layer"] },
  { from: "absent", keys: [] },
])("$from stands on $keys", ({ from, keys }) => {
  expect([...GRAPH.standsOn(from)].toSorted()).toEqual(keys.toSorted());
});

const MANIFEST = { id: "manifest", type: "content" };
const MADE = { id: "made", type: "snapshots/overlayfs" };

test.each([
  {
    title: "a lease keeps what its resources stand on",
    labels: {},
    resources: [MANIFEST],
    keys: ALL,
  },
  {
    title: "a flat lease keeps content alone",
    labels: { "containerd.io/gc.flat": "" },
    resources: [MANIFEST],
    keys: ["manifest"],
  },
  {
    title: "a flat lease keeps snapshots with their parents",
    labels: { "containerd.io/gc.flat": "" },
    resources: [MADE],
    keys: ["snapshot:bottom", "snapshot:made"],
  },
  {
    title: "snapshots of another snapshotter are not meant",
    labels: {},
    resources: [{ id: "top", type: "snapshots/native" }],
    keys: [],
  },
])("$title", ({ labels, resources, keys }) => {
  expect([...GRAPH.keptBy({ id: "l", labels }, resources)].toSorted()).toEqual(keys);
});

test("what is marked as a root is kept", () => {
  expect([...GRAPH.keptByLabel()]).toEqual(["kept"]);
});

test.each([
  [{}, false],
  [{ "containerd.io/gc.expire": "2026-11-21T12:00:00Z" }, true],
  [{ "containerd.io/gc.expire": "2026-11-21T12:00:01Z" }, false],
  [{ "containerd.io/gc.expire": "soon" }, false],
])("a lease with %j has expired: %s", (labels, expired) => {
  expect(hasExpired({ id: "l", labels }, Date.parse("2026-11-21T12:00:00Z"))).toBe(expired);
});
