import { describe, expect, test } from "vitest";

import { sampleHost, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { inventoryOf } from "../../test/fixtures/host-in-words.ts";
import { parseInventory } from "./parse-inventory.ts";

const full = inventoryOf({
  images: {
    app: {
      names: "app:1 app@x",
      labels: { a: "b" },
      parent: "app",
      children: "app",
      subject: "app",
    },
  },
  containers: { web: { image: "app", started: "1h", ended: "1m", mounts: "app:1", sizeBytes: 1 } },
  services: { api: "app:1" },
  volumes: { data: { sizeBytes: 1 } },
  networks: { lan: {} },
  cache: { step: { blobs: "app" } },
  disk: { totalBytes: 2, freeBytes: 1 },
});

/** A deep copy of a full inventory in which the value at the path (`images.0.id`) is another, or absent. */
function altered(path: string, value: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(full));
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const owner = keys.reduce((each, key) => (each as Record<string, unknown>)[key], copy);
  if (value === undefined) delete (owner as Record<string, unknown>)[last];
  else (owner as Record<string, unknown>)[last] = value;
  return copy;
}

test.each([
  ["a small host", sampleHost.inventory],
  ["a full one", full],
  ["an empty one", sampleInventory()],
])("%s is read as it was saved", (_, inventory) => {
  expect(parseInventory(JSON.parse(JSON.stringify(inventory)))).toEqual(inventory);
});

describe("what the first version did not have is filled in", () => {
  test.each([
    ["unread", []],
    ["accuracy", { kind: "exact" }],
    ["heldBlobs", {}],
    ["services", []],
    ["containers.0.imageMounts", undefined],
    ["containers.0.volumes", undefined],
    ["engine", undefined],
  ])("%s", (path, filled) => {
    const parsed = parseInventory(altered(path, undefined));
    expect("kind" in parsed).toBe(false);
    if (filled !== undefined) expect(parsed).toHaveProperty(path, filled);
  });

  test.each(["volumes", "networks"] as const)(
    "what no container says of its %s leaves them unread",
    (part) => {
      expect(parseInventory(altered(`containers.0.${part}`, undefined))).toMatchObject({
        unread: [part],
      });
    },
  );

  test("an incomplete one without word of what is unread may miss anything in use", () => {
    const { unread: _unread, ...rest } = full;
    expect(parseInventory({ ...rest, complete: false })).toMatchObject({
      unread: ["images", "containers"],
    });
  });

  test("containers get their lists", () => {
    expect(parseInventory(altered("containers.0.imageMounts", undefined))).toMatchObject({
      containers: [{ imageMounts: [] }],
    });
  });
});

test.each([
  [undefined, "it has no schema field"],
  [null, "it has no schema field"],
  [[], "it has no schema field"],
  ["text", "it has no schema field"],
  [{ schema: 1 }, "it has no schema field"],
  [{ schema: "plimsoll.plan/1" }, 'its schema is "plimsoll.plan/1", not plimsoll.inventory/1'],
  [{ schema: "" }, 'its schema is "", not plimsoll.inventory/1'],
])("%j is no inventory", (document, detail) => {
  expect(parseInventory(document)).toEqual({ kind: "not-an-inventory", detail });
});

test("a later schema is refused by name", () => {
  expect(parseInventory({ schema: "plimsoll.inventory/2" })).toEqual({
    kind: "newer-schema",
    detail: "its schema is plimsoll.inventory/2; this version reads plimsoll.inventory/1",
  });
});

const TIME = "must be an RFC 3339 time";
const BYTES = "must be a number, 0 or more";
const FLAG = "must be true or false";
const TEXT = "must be a text";
const LIST = "must be a list";
const OBJECT = "must be an object";

describe("a malformed inventory is refused, with the place", () => {
  test.each<[path: string, value: unknown, detail: string]>([
    ["target", undefined, `target ${OBJECT}`],
    ["target.kind", "vm", "target.kind must be one of: engine, registry, layout"],
    ["takenAt", "today", `takenAt ${TIME}`],
    ["takenAt", "2026-11-21", `takenAt ${TIME}`],
    ["complete", "yes", `complete ${FLAG}`],
    ["problems", "none", `problems ${LIST}`],
    [
      "unread.0",
      "everything",
      "unread[0] must be one of: images, repositories, containers, services, volumes, networks, build-cache",
    ],
    ["accuracy", { kind: "roughly" }, "accuracy.kind must be one of: exact, at-least, up-to"],
    ["engine.imageStore", "zfs", "engine.imageStore must be one of: graphdriver, containerd"],
    ["engine.disk.freeBytes", "1", `engine.disk.freeBytes ${BYTES}`],
    ["images", {}, `images ${LIST}`],
    ["images.0", null, `images[0] ${OBJECT}`],
    ["images.0.id", undefined, `images[0].id ${TEXT}`],
    ["images.0.references.0", 1, `images[0].references[0] ${TEXT}`],
    ["images.0.createdAt", 1_700_000_000, `images[0].createdAt ${TIME}`],
    ["images.0.createdAt", "5", `images[0].createdAt ${TIME}`],
    ["images.0.lastUsedAt", "2026-13-45T00:00:00Z", `images[0].lastUsedAt ${TIME}`],
    ["images.0.labels.a", 1, `images[0].labels["a"] ${TEXT}`],
    ["images.0.sizeBytes", -1, `images[0].sizeBytes ${BYTES}`],
    ["images.0.children", "app", `images[0].children ${LIST}`],
    ["blobs.app", "big", `blobs["app"] ${BYTES}`],
    ["blobs", [], `blobs ${OBJECT}`],
    ["diskBytes", { app: null }, `diskBytes["app"] ${BYTES}`],
    ["heldBlobs", { app: true }, `heldBlobs["app"] ${TEXT}`],
    ["containers.0.state", undefined, `containers[0].state ${TEXT}`],
    ["containers.0.imageId", undefined, `containers[0].imageId ${TEXT}`],
    ["containers.0.finishedAt", "0", `containers[0].finishedAt ${TIME}`],
    ["containers.0.startedAt", 0, `containers[0].startedAt ${TIME}`],
    ["containers.0.imageMounts", "app", `containers[0].imageMounts ${LIST}`],
    ["containers.0.sizeBytes", "1", `containers[0].sizeBytes ${BYTES}`],
    ["services.0.images", undefined, `services[0].images ${LIST}`],
    ["volumes.0.anonymous", undefined, `volumes[0].anonymous ${FLAG}`],
    ["volumes.0.driver", undefined, `volumes[0].driver ${TEXT}`],
    ["volumes.0.createdAt", 1, `volumes[0].createdAt ${TIME}`],
    ["networks.0.builtIn", undefined, `networks[0].builtIn ${FLAG}`],
    ["networks.0.scope", 1, `networks[0].scope ${TEXT}`],
    ["buildCache.0.inUse", undefined, `buildCache[0].inUse ${FLAG}`],
    ["buildCache.0.lastUsedAt", "", `buildCache[0].lastUsedAt ${TIME}`],
    ["buildCache.0.parents", undefined, `buildCache[0].parents ${LIST}`],
    ["images.1", full.images[0], `images holds ${full.images[0]?.id} more than once`],
  ])("%s: %j", (path, value, detail) => {
    const document = path.startsWith("unread") ? altered("unread", [value]) : altered(path, value);
    expect(parseInventory(document)).toEqual({ kind: "malformed", detail });
  });
});
