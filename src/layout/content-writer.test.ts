import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";

import type { BlobDescriptor, LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import { fakeLookup } from "../../test/fakes/fake-lookup.ts";
import { archive, configImage, noise } from "../../test/fixtures/bin-images.ts";
import {
  APRIL,
  GRACE_MS,
  MAY,
  NOW,
  observeLayout,
  scratchDirectory,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import { archiveImage } from "../recovery/archive-image.ts";
import { restoreImage, type RestoreParts } from "../recovery/restore-image.ts";
import { blobPath } from "./blob-files.ts";
import { createLayoutContentReader } from "./content-reader.ts";
import { LayoutContentWriter } from "./content-writer.ts";
import { createLayoutRemover } from "./layout-remover.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const { signal } = new AbortController();
const clock = (): number => NOW.getTime();
const EXTRA = { "example.test/note": "kept" };

function openBin(): Promise<RecoveryBin> {
  return openRecoveryBin(join(scratchDirectory(), "bin"), clock);
}

function removerOf({ directory }: LayoutWriter) {
  return createLayoutRemover({ directory, now: clock, graceMs: GRACE_MS });
}

async function putIntoBin(layout: LayoutWriter, id: string, bin: RecoveryBin): Promise<BinEntry> {
  const image = (await observeLayout(layout.directory)).images.find((each) => each.id === id);
  if (image === undefined) throw new Error(`${id} is not listed`);
  const { references, repoDigests, blobs } = image;
  const removed = {
    id,
    references,
    repoDigests,
    targetKey: "layout",
    targetName: "app",
    planId: "plan",
    removedAt: NOW.toISOString(),
  };
  const reader = createLayoutContentReader(layout.directory);
  const { entry } = await archiveImage({ image: removed, blobs }, { reader, bin }, signal);
  return entry;
}

async function remove(layout: LayoutWriter, { image }: BinEntry): Promise<void> {
  const remover = removerOf(layout);
  expect(await remover.deleteImage(image.id, image.references)).toMatchObject({
    outcome: "removed",
  });
  await remover.sweep();
}

function restoreParts({ directory }: LayoutWriter, bin: RecoveryBin): RestoreParts {
  const writer = new LayoutContentWriter(directory);
  const remover = createLayoutRemover({ directory, now: clock, graceMs: GRACE_MS });
  return {
    bin,
    writer,
    names: writer,
    openLookup: async () => fakeLookup(),
    resolveReference: (reference) => remover.resolveReference(reference),
    isThere: async (id) => (await remover.currentImage(id)) !== undefined,
    discard: () => Promise.resolve(),
  };
}

/** Every file of a layout by its path, index.json with its entries in any order. */
function contentOf({ directory }: LayoutWriter): Readonly<Record<string, string>> {
  const files = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((path) => statSync(join(directory, path)).isFile() && !path.includes(".plimsoll"))
    .toSorted();
  return Object.fromEntries(
    files.map((path) => {
      const text = readFileSync(join(directory, path), "latin1");
      return [path, path === "index.json" ? JSON.stringify(entriesIn(text)) : text];
    }),
  );
}

function entriesIn(text: string): readonly string[] {
  const { manifests } = JSON.parse(text) as { readonly manifests: readonly object[] };
  return manifests.map((entry) => JSON.stringify(entry)).toSorted();
}

/** Two platforms under two names, one of them with an annotation more, and a signature that nothing lists. */
function writeSigned(layout: LayoutWriter): BlobDescriptor {
  const platforms = ["amd64", "arm64"].map((each) => writeImage(layout, each, each));
  const index = layout.index(platforms, MAY);
  layout.referrer(index, "application/x-signature", "signed", MAY);
  layout.add({ ...index, annotations: EXTRA }, "docker.io/library/app:1").add(index, "also");
  return index;
}

describe("an image of a layout", () => {
  test("comes back with its platforms, names, annotations and what is attached to it", async () => {
    const layout = scratchLayout();
    const { digest } = writeSigned(layout);
    layout.add(writeImage(layout, "other"), "stays");
    const before = contentOf(layout);
    const bin = await openBin();
    const entry = await putIntoBin(layout, digest, bin);
    await remove(layout, entry);
    expect(Object.keys(contentOf(layout)).length).toBeLessThan(Object.keys(before).length);

    const restored = await restoreImage(entry, restoreParts(layout, bin), signal);
    expect(restored).toMatchObject({ id: digest, wasThere: false, taken: [] });
    expect(restored.references).toEqual(entry.image.references);
    expect(contentOf(layout)).toEqual(before);
  });

  test("brings its signature along that index.json lists, and that one's place in it", async () => {
    const layout = scratchLayout();
    const app = writeImage(layout, "app");
    const signature = layout.referrer(app, "application/x-signature", "signed", MAY);
    layout.add(app, "1").add({ ...signature, annotations: EXTRA });
    const before = contentOf(layout);
    const bin = await openBin();
    const own = await putIntoBin(layout, signature.digest, bin);
    const entry = await putIntoBin(layout, app.digest, bin);
    for (const gone of [entry, own]) await remove(layout, gone);
    expect(Object.keys(contentOf(layout)).length).toBeLessThan(Object.keys(before).length);

    await restoreImage(entry, restoreParts(layout, bin), signal);
    const { [`blobs/${signature.digest.replace(":", "/")}`]: brought } = contentOf(layout);
    expect(brought).toBeDefined();
    await restoreImage(own, restoreParts(layout, bin), signal);
    expect(contentOf(layout)).toEqual(before);
  });

  test("goes into an encrypted bin as a copy, and comes back by an identity", async () => {
    const layout = scratchLayout();
    const { digest } = writeSigned(layout);
    const before = contentOf(layout);
    const bin = await openBin();
    const identity = await generateIdentity();
    await bin.encryption.encrypt([await identityToRecipient(identity)], { signal });
    const entry = await putIntoBin(layout, digest, bin);
    await remove(layout, entry);
    const gone = contentOf(layout);
    await expect(restoreImage(entry, restoreParts(layout, bin), signal)).rejects.toMatchObject({
      kind: "locked",
    });
    expect(contentOf(layout)).toEqual(gone);
    const identityFile = join(scratchDirectory(), "key");
    writeFileSync(identityFile, identity);
    bin.encryption.useIdentity(identityFile);
    await restoreImage(entry, restoreParts(layout, bin), signal);
    expect(contentOf(layout)).toEqual(before);
  });

  test("goes into a bin on the same disk without being copied", async () => {
    const layout = scratchLayout();
    const { digest } = writeSigned(layout);
    const bin = await openBin();
    const entry = await putIntoBin(layout, digest, bin);
    for (const { digest: blob } of await bin.partsOf(entry)) {
      const inBin = statSync(blobPath(bin.location, blob));
      expect(inBin.ino).toBe(statSync(layout.pathOf(blob)).ino);
    }
  });

  test("twice, and there already, is told and changes nothing", async () => {
    const layout = scratchLayout();
    const { digest } = writeSigned(layout);
    const bin = await openBin();
    const entry = await putIntoBin(layout, digest, bin);
    const before = contentOf(layout);
    const again = await restoreImage(entry, restoreParts(layout, bin), signal);
    expect(again).toMatchObject({ id: digest, wasThere: true, given: [], taken: [] });
    expect(contentOf(layout)).toEqual(before);
  });

  test("leaves its name to another image that has it by now", async () => {
    const layout = scratchLayout();
    const first = writeImage(layout, "first");
    layout.add(first, "1").add(first, "also");
    const bin = await openBin();
    const entry = await putIntoBin(layout, first.digest, bin);
    await remove(layout, entry);
    const second = writeImage(layout, "second");
    layout.entries.length = 0;
    layout.add(second, "1");

    const restored = await restoreImage(entry, restoreParts(layout, bin), signal);
    expect(restored.taken).toEqual([{ reference: "localhost/app:1", by: second.digest }]);
    expect(restored.references).toEqual(["localhost/app:also"]);
    const { images } = await observeLayout(layout.directory);
    expect(images.find(({ id }) => id === second.digest)?.references).toEqual(["localhost/app:1"]);
  });

  test("damaged in the bin: nothing is named", async () => {
    const layout = scratchLayout();
    const image = writeImage(layout, "one");
    layout.add(image, "1");
    const bin = await openBin();
    const entry = await putIntoBin(layout, image.digest, bin);
    await remove(layout, entry);
    const [part] = (await bin.partsOf(entry)).filter(({ mediaType }) =>
      mediaType.includes("layer"),
    );
    const path = blobPath(bin.location, part?.digest ?? "");
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0, 0, 1));

    const restoring = restoreImage(entry, restoreParts(layout, bin), signal);
    await expect(restoring).rejects.toMatchObject({ kind: "corrupt" });
    expect((await observeLayout(layout.directory)).images).toEqual([]);
    expect(existsSync(layout.pathOf(part?.digest ?? ""))).toBe(false);
  });
});

test("an image of an engine gets a manifest of its own in a layout", async () => {
  const layout = scratchLayout();
  layout.save();
  const bin = await openBin();
  const image = configImage("app", [noise("base", 3000), noise("app", 2000)]);
  const entry = await archive(bin, image, { createdAt: APRIL.toISOString() });
  const restored = await restoreImage(entry, restoreParts(layout, bin), signal);
  expect(restored.id).not.toBe(image.id);
  const { images, complete } = await observeLayout(layout.directory);
  expect({ complete, images }).toMatchObject({
    complete: true,
    images: [{ id: restored.id, references: ["docker.io/library/app:1"] }],
  });
  for (const { digest, bytes } of image.parts)
    expect(readFileSync(layout.pathOf(digest))).toEqual(bytes);
});
