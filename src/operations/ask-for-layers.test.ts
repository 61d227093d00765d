import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { imageId, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import type { Image } from "../inventory/image.ts";
import type { StoredBlob } from "../plan/archive-bytes.ts";
import type { RegistryLayer, RegistryLookup } from "../ports/registry-lookup.ts";
import { askForLayers } from "./ask-for-layers.ts";
import { RegistryQuestions } from "./registry-questions.ts";

const APP = sampleImage(imageId("a"), { blobs: ["base", "middle", "app"] });
const BASE = sampleImage(imageId("b"), {
  repoDigests: [`hub/base@${imageId("b")}`],
  blobs: ["base"],
});
const MIDDLE = sampleImage(imageId("c"), {
  repoDigests: [`hub/middle@${imageId("c")}`],
  blobs: ["base", "middle"],
});

function stored(blob: string, isWorthLeaving = true): StoredBlob {
  return { blob, digest: `diff:${blob}`, sizeBytes: 5_000_000, isWorthLeaving };
}

function layer(blob: string): RegistryLayer {
  return { diffId: `diff:${blob}`, blob: `blob:${blob}`, mediaType: "", sizeBytes: 1 };
}

async function asked(
  blobs: readonly StoredBlob[],
  layersOf: RegistryLookup["layersOf"],
  images: readonly Image[] = [APP, BASE, MIDDLE],
) {
  const names: string[] = [];
  const lookup = fakeLookup({
    layersOf(image, signal) {
      names.push(image.repoDigest);
      return layersOf(image, signal);
    },
  });
  const questions = new RegistryQuestions(async () => lookup, new AbortController().signal);
  const inventory = sampleInventory({ images });
  const found = await askForLayers(new Map([[APP, blobs]]), inventory, questions, () => {});
  return { found: Object.fromEntries(found), names };
}

test("a layer is asked for at the smallest image that has it, each image once", async () => {
  const { found, names } = await asked([stored("base"), stored("middle")], async (image) =>
    image.repoDigest.includes("base") ? [layer("base")] : [layer("base"), layer("middle")],
  );
  expect(found).toEqual({
    base: `hub/base@${imageId("b")}`,
    middle: `hub/middle@${imageId("c")}`,
  });
  expect(names.toSorted()).toEqual([`hub/base@${imageId("b")}`, `hub/middle@${imageId("c")}`]);
});

test("where that one's registry does not have it, the next is asked", async () => {
  const { found } = await asked([stored("base")], async (image) =>
    image.repoDigest.includes("middle") ? [layer("base")] : [],
  );
  expect(found).toEqual({ base: `hub/middle@${imageId("c")}` });
});

test("stores know a layer by its tar or by its blob", async () => {
  const byBlob = { ...stored("base"), digest: "blob:base" };
  const { found } = await asked([byBlob], async () => [layer("base")]);
  expect(Object.keys(found)).toEqual(["base"]);
});

test.each<[string, readonly StoredBlob[], readonly Image[]]>([
  ["what is not worth it", [stored("base", false)], [APP, BASE]],
  ["what no image with a digest has", [stored("app")], [APP, BASE]],
  ["what the host has of no registry", [stored("base")], [APP]],
])("nobody is asked for %s", async (_, blobs, images) => {
  const { found, names } = await asked(blobs, async () => [], images);
  expect({ found, names }).toEqual({ found: {}, names: [] });
});
