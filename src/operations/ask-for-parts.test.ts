import { expect, test } from "vitest";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { configImage, removed } from "../../test/fixtures/bin-images.ts";
import { imageId } from "../../test/fakes/sample-inventory.ts";
import type { BinEntry } from "../ports/recovery-bin.ts";
import { askForParts } from "./ask-for-parts.ts";

const BASE = imageId("b");
const image = configImage("app", []);

function entry(key: string, blobs: readonly string[]): BinEntry {
  const inRegistry = blobs.map((blob) => ({
    digest: blob,
    repository: "hub/base",
    blob,
    mediaType: "",
    sizeBytes: 7,
  }));
  const needs = blobs.length === 0 ? {} : { inRegistry };
  return { key, image: removed(image), form: image.form, pinned: false, storedBytes: 0, ...needs };
}

test("each blob is asked for once, for all images that need it", async () => {
  const asked: string[] = [];
  const lookup = fakeLookup({
    async askBlob(repository, blob) {
      asked.push(`${repository}@${blob}`);
      return { kind: "held" };
    },
  });
  const entries = [entry("one", [BASE]), entry("two", [BASE]), entry("three", [])];
  const { signal } = new AbortController();
  expect(await askForParts(entries, async () => lookup, signal)).toEqual([
    {
      repository: "hub/base",
      blob: BASE,
      sizeBytes: 7,
      keys: ["one", "two"],
      answer: { kind: "held" },
    },
  ]);
  expect(asked).toEqual([`hub/base@${BASE}`]);
});

test("a bin that has all of its images asks nobody", async () => {
  const openLookup = () => Promise.reject(new Error("asked"));
  const { signal } = new AbortController();
  expect(await askForParts([entry("one", [])], openLookup, signal)).toEqual([]);
});
