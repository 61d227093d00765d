import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Withheld } from "../plan/image-facts.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { chooseWaysBack, type ChooseOptions, type RecoverySources } from "./choose-ways-back.ts";

const ONE = imageId("a");
const TWO = imageId("b");
const THREE = imageId("c");

/** Three images, each also known by its digest in a repository. */
function host(kind: Inventory["target"]["kind"] = "engine"): Inventory {
  const image = (id: string, name: string) =>
    sampleImage(id, {
      references: [`host/${name}:1`],
      repoDigests: [`host/${name}@${id}`],
      blobs: [name],
    });
  return sampleInventory({
    target: { kind, name: "default", address: "unix:///run/docker.sock" },
    images: [image(ONE, "one"), image(TWO, "two"), image(THREE, "three")],
    blobs: { one: 10, two: 20, three: 30 },
  });
}

function lookup(held: readonly string[], asked: string[] = []): () => Promise<RegistryLookup> {
  return async () =>
    fakeLookup({
      async ask({ id, repoDigest }) {
        asked.push(repoDigest);
        return held.includes(id) ? { kind: "held" } : { kind: "lacking", detail: "gone" };
      },
    });
}

/** Removes ONE and TWO; where one of them has to stay, THREE instead. */
function plan(withheld: Withheld) {
  const going = [ONE, TWO, ...(withheld.size === 0 ? [] : [THREE])];
  return samplePlan(
    going.filter((id) => !withheld.has(id)).map((id) => sampleAction({ subject: id })),
  );
}

function choose(sources: Partial<RecoverySources>, over: Partial<ChooseOptions> = {}) {
  return chooseWaysBack({
    plan,
    policy: { images: [] },
    inventory: host(),
    sources: { canPush: false, ...sources },
    frees: "is the point",
    sha256: () => "hash",
    signal: new AbortController().signal,
    onProgress: () => {},
    ...over,
  });
}

async function ways(...args: Parameters<typeof choose>) {
  const { actions } = await choose(...args);
  return Object.fromEntries(actions.map(({ subject, recovery }) => [subject, recovery.way]));
}

test("a registry that has it, else the bin", async () => {
  expect(await ways({ openLookup: lookup([ONE]) })).toEqual({
    [ONE]: "registry",
    [TWO]: "archive",
  });
});

test("what cannot be saved stays, and what goes in its place is asked about as well, each image once", async () => {
  const asked: string[] = [];
  const looked: string[] = [];
  const chosen = ways({
    openLookup: lookup([TWO], asked),
    previewSave: async ({ id }) => {
      looked.push(id);
      return id === ONE ? { obstacle: "it cannot be saved" } : {};
    },
  });
  expect(await chosen).toEqual({ [TWO]: "registry", [THREE]: "archive" });
  expect(asked.toSorted()).toEqual([`host/one@${ONE}`, `host/three@${THREE}`, `host/two@${TWO}`]);
  expect(looked).toEqual([ONE, THREE]);
});

test("what a backup takes need not be saved", async () => {
  const policy = { images: [], recovery: { mode: "auto", backup: "host/backups" } as const };
  const sources = { canPush: true, previewSave: async () => ({ obstacle: "it cannot be saved" }) };
  expect(await ways(sources, { policy })).toEqual({ [ONE]: "backup", [TWO]: "backup" });
});

test("a registry is not asked about what goes from it", async () => {
  const sources = { openLookup: lookup([ONE, TWO]), noArchive: "no bin" };
  const inventory = host("registry");
  expect(await ways(sources, { inventory })).toEqual({ [ONE]: "none", [TWO]: "none" });
});

test.each(["off", "record", "archive"] as const)("nobody is asked for mode %s", async (mode) => {
  const openLookup = () => Promise.reject(new Error("asked"));
  const policy = { images: [], recovery: { mode } };
  const way = mode === "off" ? "none" : mode;
  expect(await ways({ openLookup }, { policy })).toEqual({ [ONE]: way, [TWO]: way });
});

test("the bin is looked at by what it stores, which a graph driver has under other keys", async () => {
  const diffId = imageId("d");
  const { actions, bin } = await choose({
    previewSave: async ({ id }) => ({ diffIds: id === ONE ? [diffId] : [imageId("e")] }),
    viewBin: async () => ({
      directory: "/bin",
      holds: (digest) => digest === diffId,
      isOnDiskOf: async () => true,
    }),
    binDirectory: "/bin",
  });
  expect(actions.map(({ recovery }) => recovery.bytes)).toEqual([0, 20]);
  // The inventory does not say that the data root is on this machine.
  expect(bin).toEqual({ directory: "/bin" });
});
