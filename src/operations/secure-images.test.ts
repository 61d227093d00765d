import { join } from "node:path";
import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { sampleAction, samplePlan } from "../../test/fakes/sample-plan.ts";
import { scratchFolder } from "../../test/fakes/scratch-folder.ts";
import { manifestImage, noise, partOf } from "../../test/fixtures/bin-images.ts";
import { openRecoveryBin } from "../layout/recovery-bin.ts";
import type { Action } from "../plan/plan.ts";
import type { RegistryLayer, RegistryLookup } from "../ports/registry-lookup.ts";
import { secureImages } from "./secure-images.ts";

const BASE = noise("base", 2_000_000);
const IMAGE = manifestImage("app", [BASE, noise("own", 5_000)]);
const [, , base, own] = IMAGE.parts.map(({ digest }) => digest);
const BASE_AT = `hub/base@${IMAGE.id}`;
const BASE_LAYER: RegistryLayer = {
  diffId: "sha256:tar",
  blob: base ?? "",
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  sizeBytes: BASE.byteLength,
};

interface Setting {
  readonly recovery: Action["recovery"];
  readonly lookup?: Partial<RegistryLookup>;
  readonly freeBytes?: number;
}

/** One image about to go from an engine, of which the registry at `hub` refuses every push. */
async function secure({ recovery, lookup = {}, freeBytes = 1e12 }: Setting) {
  const directory = join(scratchFolder(), "bin");
  const bin = await openRecoveryBin(directory, () => 0);
  const blobs = Object.fromEntries(
    IMAGE.parts.map(({ digest, bytes }) => [digest, bytes.byteLength]),
  );
  const image = sampleImage(IMAGE.id, { references: ["app:1"], blobs: Object.keys(blobs) });
  const inventory = sampleInventory({ images: [image], blobs });
  const action = sampleAction({ subject: IMAGE.id, recovery });
  const { signal } = new AbortController();
  const securing = secureImages(
    samplePlan([action]),
    inventory,
    {
      recovery: {
        reader: {
          formOf: async () => IMAGE.form,
          async *readContent(_id, _form, { isWanted }) {
            for (const part of IMAGE.parts) if (isWanted(part.digest)) yield partOf(part);
          },
        },
        openBin: async () => bin,
        viewBin: async () => ({
          directory,
          freeBytes,
          holds: (digest) => bin.holds(digest),
          isOnDiskOf: async () => false,
        }),
        openLookup: async () => fakeLookup(lookup),
      },
      transfer: {
        tag: async () => {},
        pull: async () => ({}),
        push: () => Promise.reject(new Error("the hub is full")),
      },
      names: {
        currentImage: async () => ({ references: ["app:1"], taggedAt: "2026-11-21T12:00:00Z" }),
        untag: async () => ({ outcome: "removed", detail: "" }),
      },
      record: async () => ({ detail: "" }),
    },
    {
      target: { key: "engine", name: "default" },
      binDirectory: undefined,
      clock: () => 0,
      signal,
      onArchiving: () => {},
    },
  );
  const secured = await securing.secure(action);
  await securing.close();
  return { bin, secured };
}

const BACKUP = { way: "backup", detail: "hub/backups:app" } as const;
const MIXED: Action["recovery"] = {
  way: "archive",
  detail: "",
  bytes: 6_000,
  layersFrom: [BASE_AT],
};

test("a backup that fails is put into the bin, and the name that it was given is ours", async () => {
  const { bin, secured } = await secure({ recovery: { ...BACKUP, otherwise: "archive" } });
  expect(secured).toEqual({
    detail: `in the recovery bin ${bin.location}; the backup failed: the hub is full`,
    namedByUsAt: "2026-11-21T12:00:00Z",
  });
  expect(await bin.entries()).toMatchObject([{ image: { id: IMAGE.id } }]);
});

test("where the policy wants a backup and nothing else, the image stays", async () => {
  await expect(secure({ recovery: BACKUP })).rejects.toThrow("the hub is full");
});

test("and so it does where the bin has no room for it", async () => {
  const recovery: Action["recovery"] = { ...BACKUP, otherwise: "archive" };
  await expect(secure({ recovery, freeBytes: 1e6 })).rejects.toThrow(/the hub is full; .*1MB free/);
});

test("layers that a registry still has are left to it", async () => {
  const lookup = { layersOf: async () => [BASE_LAYER] };
  const { bin, secured } = await secure({ recovery: MIXED, lookup });
  expect(secured.detail).toBe(`in the recovery bin ${bin.location}, base in hub/base`);
  const [entry] = await bin.entries();
  expect(entry?.inRegistry).toMatchObject([{ digest: base, blob: base, repository: "hub/base" }]);
  expect(bin.holds(base ?? "")).toBe(false);
  expect(bin.holds(own ?? "")).toBe(true);
});

test("what a registry has lost since the plan is put by, where there is room", async () => {
  const { bin, secured } = await secure({ recovery: MIXED });
  expect(secured.detail).toBe(`in the recovery bin ${bin.location}`);
  expect((await bin.entries())[0]?.inRegistry).toBeUndefined();
  await expect(secure({ recovery: MIXED, freeBytes: 1e6 })).rejects.toThrow(/1MB free/);
});
