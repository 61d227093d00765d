import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import {
  GRACE_MS,
  imageOf,
  MAY,
  NOW,
  observeLayout,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import { createLayoutRemover } from "./layout-remover.ts";

function removerOf({ directory }: LayoutWriter): ImageRemover {
  return createLayoutRemover({ directory, now: () => NOW.getTime(), graceMs: GRACE_MS });
}

function readIndex({ directory }: LayoutWriter): {
  manifests: { digest: string; annotations?: object }[];
} {
  return JSON.parse(readFileSync(join(directory, "index.json"), "utf8"));
}

function listedDigests(layout: LayoutWriter): string[] {
  return readIndex(layout).manifests.map(({ digest }) => digest);
}

describe("deleting", () => {
  test("takes every entry of the image out; the sweep frees what it alone stood on", async () => {
    const layout = scratchLayout();
    const base = layout.layer("base", 1000, MAY);
    const leaving = layout.image({ layers: [base, layout.layer("leaving", 500, MAY)] }, MAY);
    const staying = layout.image({ layers: [base, layout.layer("staying", 500, MAY)] }, MAY);
    layout.add(leaving, "1").add(staying, "2").add(leaving, "latest");
    const before = await observeLayout(layout.directory);
    const remover = removerOf(layout);
    const bytesBefore = await remover.contentBytes();

    const references = ["localhost/app:1", "localhost/app:latest"];
    expect(await remover.deleteImage(leaving.digest, references)).toEqual({
      outcome: "removed",
      detail: "",
      deletedImages: [leaving.digest],
      deletedBlobs: [],
    });
    expect(listedDigests(layout)).toEqual([staying.digest]);
    expect(existsSync(layout.pathOf(leaving.digest))).toBe(true);

    const shared = new Set(imageOf(before, staying.digest).blobs);
    const exclusive = imageOf(before, leaving.digest).blobs.filter((blob) => !shared.has(blob));
    const swept = await remover.sweep();
    expect(swept.toSorted()).toEqual(exclusive);
    expect(await remover.blobsStillThere(Object.keys(before.blobs))).toEqual(
      [...shared].toSorted(),
    );
    const freed = exclusive.reduce((sum, blob) => sum + (before.blobs[blob] ?? 0), 0);
    expect(await remover.contentBytes()).toBe((bytesBefore ?? 0) - freed);
    expect(await observeLayout(layout.directory)).toMatchObject({
      complete: true,
      images: [{ id: staying.digest }],
    });
  });

  test("stops at a name that it was not told of, and finds nothing to do when the image is gone", async () => {
    const layout = scratchLayout();
    const image = writeImage(layout, "x");
    layout.add(image, "1").add(image, "new");
    const remover = removerOf(layout);
    expect(await remover.deleteImage(image.digest, ["localhost/app:1"])).toMatchObject({
      outcome: "conflict",
      detail: "it has the name localhost/app:new now",
    });
    expect(listedDigests(layout)).toHaveLength(2);
    layout.entries.length = 0;
    layout.save();
    expect(await remover.deleteImage(image.digest, [])).toMatchObject({
      outcome: "gone",
      deletedImages: [],
    });
  });

  test("many at once loses none and leaves the rest of index.json as it was", async () => {
    const layout = scratchLayout();
    const images = Array.from({ length: 40 }, (_, at) => writeImage(layout, `image-${at}`));
    for (const [at, image] of images.entries()) layout.add(image, `v${at}`);
    const path = join(layout.directory, "index.json");
    const source = {
      ...JSON.parse(readFileSync(path, "utf8")),
      annotations: { a: "1" },
      "x-unknown": [1],
    };
    writeFileSync(path, JSON.stringify(source, undefined, 4));
    chmodSync(path, 0o640);

    const remover = removerOf(layout);
    const leaving = images.filter((_, at) => at % 4 !== 0);
    const removals = await Promise.all(
      leaving.map(({ digest }) =>
        remover.deleteImage(digest, [
          `localhost/app:v${images.findIndex((image) => image.digest === digest)}`,
        ]),
      ),
    );
    expect(new Set(removals.map(({ outcome }) => outcome))).toEqual(new Set(["removed"]));
    const manifests = source.manifests.filter((_: unknown, at: number) => at % 4 === 0);
    expect(readFileSync(path, "utf8")).toBe(JSON.stringify({ ...source, manifests }, undefined, 4));
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await remover.stillListed(images.map(({ digest }) => digest))).toHaveLength(10);
  });

  test("an index keeps the blobs of a manifest that is taken out of index.json", async () => {
    const layout = scratchLayout();
    const child = writeImage(layout, "child");
    layout.add(layout.index([child], MAY), "multi").add(child);
    const remover = removerOf(layout);
    await remover.deleteImage(child.digest, []);
    expect(await remover.sweep()).toEqual([]);
    expect((await observeLayout(layout.directory)).complete).toBe(true);
  });

  test("what nothing lists goes with its subject and not before", async () => {
    const layout = scratchLayout();
    const subject = writeImage(layout, "subject");
    const signature = layout.referrer(subject, "application/x", "signature", MAY);
    layout.add(subject, "1");
    const remover = removerOf(layout);
    expect(await remover.sweep()).toEqual([]);
    await remover.deleteImage(subject.digest, ["localhost/app:1"]);
    expect(await remover.sweep()).toContain(signature.digest);
    expect(await remover.contentBytes()).toBe(0);
  });

  test("a referrer that is listed stays when its subject goes", async () => {
    const layout = scratchLayout();
    const subject = writeImage(layout, "subject");
    const signature = layout.referrer(subject, "application/x", "signature", MAY);
    layout.add(subject, "1").add(signature);
    const remover = removerOf(layout);
    await remover.deleteImage(subject.digest, ["localhost/app:1"]);
    const swept = await remover.sweep();
    expect(swept).toContain(subject.digest);
    expect(swept).not.toContain(signature.digest);
  });
});

describe("untagging", () => {
  test("takes one name; the last one leaves the image without a name", async () => {
    const layout = scratchLayout();
    const image = { ...writeImage(layout, "x"), annotations: { other: "1" } };
    layout.add(image, "1").add(image, "2");
    const remover = removerOf(layout);
    expect(await remover.untag("localhost/app:1", image.digest)).toMatchObject({
      outcome: "removed",
      deletedImages: [],
    });
    expect(await remover.currentImage(image.digest)).toEqual({
      id: image.digest,
      references: ["localhost/app:2"],
      usedBy: [],
    });
    await remover.untag("localhost/app:2", image.digest);
    expect(await remover.currentImage(image.digest)).toEqual({
      id: image.digest,
      references: [],
      usedBy: [],
    });
    expect(readIndex(layout).manifests).toMatchObject([
      { digest: image.digest, annotations: { other: "1" } },
    ]);
    expect(await remover.sweep()).toEqual([]);
  });

  test("leaves a name alone that means another image", async () => {
    const layout = scratchLayout();
    const [old, fresh] = [writeImage(layout, "old"), writeImage(layout, "fresh")];
    layout.add(old).add(fresh, "1");
    const remover = removerOf(layout);
    expect(await remover.untag("localhost/app:1", old.digest)).toMatchObject({
      outcome: "conflict",
      detail: "localhost/app:1 means another image now",
    });
    expect(await remover.untag("localhost/app:9", old.digest)).toMatchObject({ outcome: "gone" });
  });
});

describe("looking again", () => {
  test("sees what another program has written", async () => {
    const layout = scratchLayout();
    const [first, second] = [writeImage(layout, "first"), writeImage(layout, "second")];
    layout.add(first, "1");
    const remover = removerOf(layout);
    expect(await remover.resolveReference("localhost/app:1")).toBe(first.digest);
    expect(await remover.currentImage(second.digest)).toBeUndefined();
    layout.entries.length = 0;
    layout.add(second, "1");
    expect(await remover.resolveReference("localhost/app:1")).toBe(second.digest);
    expect(await remover.currentImage(first.digest)).toBeUndefined();
    expect(await remover.resolveReference("localhost/app:2")).toBeUndefined();
  });

  test("finds no containers, volumes or networks, and removes none", async () => {
    const remover = removerOf(scratchLayout());
    expect(await remover.currentContainer("x")).toBeUndefined();
    expect(await remover.currentVolume("x")).toBeUndefined();
    expect(await remover.currentNetwork("x")).toBeUndefined();
    const refusals = await Promise.all([
      remover.removeContainer("x"),
      remover.removeVolume("x"),
      remover.removeNetwork("x"),
      remover.removeCacheRecord("x"),
    ]);
    expect(refusals.map(({ outcome }) => outcome)).toEqual([
      "refused",
      "refused",
      "refused",
      "refused",
    ]);
  });
});
