import { expect, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import { comesBack, removed } from "../../test/fixtures/bin-images.ts";
import {
  GRACE_MS,
  NOW,
  observeLayout,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import { archiveImage } from "../recovery/archive-image.ts";
import { createLayoutContentReader } from "./content-reader.ts";
import { LayoutContentWriter } from "./content-writer.ts";
import { createLayoutRemover } from "./layout-remover.ts";
import { openRecoveryBin } from "./recovery-bin.ts";

const NAME = "docker.io/library/app:1";
const { signal } = new AbortController();
const clock = (): number => NOW.getTime();

/** A layout with an image in it, which is the recovery bin of the same image from elsewhere. */
interface Shared {
  readonly layout: LayoutWriter;
  readonly id: string;
  readonly bin: RecoveryBin;
  readonly entry: BinEntry;
  readonly remover: ImageRemover;
}

async function sharedDirectory(): Promise<Shared> {
  const layout = scratchLayout();
  const { digest: id, ...image } = writeImage(layout, "app");
  layout.add({ ...image, digest: id }, NAME);
  const { directory } = layout;
  const bin = await openRecoveryBin(directory, clock);
  const reader = createLayoutContentReader(directory);
  const { blobs } = (await observeLayout(directory)).images[0] ?? { blobs: [] };
  const form = { kind: "manifest", root: id } as const;
  const archived = { image: removed({ id, form, parts: [] }), blobs };
  const { entry } = await archiveImage(archived, { reader, bin }, signal);
  const remover = createLayoutRemover({ directory, now: clock, graceMs: GRACE_MS });
  return { layout, id, bin, entry, remover };
}

test("what a bin keeps is no image of the layout, and its content does not go", async () => {
  const { layout, id } = await sharedDirectory();
  const inventory = await observeLayout(layout.directory);
  expect(inventory.images.map((image) => [image.id, image.references])).toEqual([[id, [NAME]]]);
  expect(Object.keys(inventory.heldBlobs).toSorted()).toEqual(Object.keys(inventory.blobs));
  const reader = createLayoutContentReader(layout.directory);
  expect(await reader.listingOf(id)).toHaveLength(1);
});

test("a removal from the layout leaves the bin as it was", async () => {
  const { id, bin, entry, remover } = await sharedDirectory();
  expect(await remover.deleteImage(id, [NAME])).toMatchObject({ outcome: "removed" });
  expect(await remover.currentImage(id)).toBeUndefined();
  expect(await remover.stillListed([id])).toEqual([]);
  expect(await remover.deleteImage(id, [])).toMatchObject({ outcome: "gone" });
  expect(await remover.sweep()).toEqual([]);
  expect((await bin.entries()).map(({ key }) => key)).toEqual([entry.key]);
  expect((await comesBack(bin, entry)).size).toBe(3);
});

test("an image comes back beside its entry in the bin", async () => {
  const { layout, id, bin, entry, remover } = await sharedDirectory();
  await remover.deleteImage(id, [NAME]);
  const writer = new LayoutContentWriter(layout.directory);
  await writer.writeImage(await bin.contentOf(entry), { signal });
  await writer.tag(id, NAME);
  expect(await remover.currentImage(id)).toMatchObject({ references: [NAME] });
  expect((await bin.entries()).map(({ key }) => key)).toEqual([entry.key]);
});

test("nothing is swept from the layout while an image is being put into the bin", async () => {
  const { layout, id, bin, remover } = await sharedDirectory();
  await remover.deleteImage(id, [NAME]);
  const other = await openRecoveryBin(layout.directory, clock);
  await bin.whileHeld(() => expect(remover.sweep()).rejects.toMatchObject({ kind: "busy" }));
  expect(await other.verify(signal)).toEqual([]);
});
