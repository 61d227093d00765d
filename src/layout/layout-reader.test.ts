import { linkSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

import type { BlobDescriptor, LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import {
  APRIL,
  GRACE_MS,
  imageOf,
  MAY,
  NOW,
  observeLayout,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";

describe("images", () => {
  test("are told with names, times, labels, platforms and the blobs that they share", async () => {
    const layout = scratchLayout();
    const base = layout.layer("base", 1000, MAY);
    const first = layout.image(
      { layers: [base, layout.layer("1", 10, MAY)], createdAt: APRIL, labels: { keep: "1" } },
      MAY,
    );
    const second = layout.image(
      { layers: [base, layout.layer("2", 10, MAY)], architecture: "arm64" },
      MAY,
    );
    layout.add(first, "1.0").add(first, "team/app:1.0").add(second);

    const inventory = await observeLayout(layout.directory);
    expect(inventory).toMatchObject({
      complete: true,
      problems: [],
      accuracy: { kind: "exact" },
      heldBlobs: {},
    });
    expect(inventory.images).toHaveLength(2);
    expect(imageOf(inventory, first.digest)).toMatchObject({
      references: ["docker.io/team/app:1.0", "localhost/app:1.0"],
      createdAt: APRIL.toISOString(),
      arrivedAt: MAY.toISOString(),
      labels: { keep: "1" },
      platforms: ["linux/amd64"],
    });
    const unnamed = imageOf(inventory, second.digest);
    expect(unnamed).toMatchObject({ references: [], platforms: ["linux/arm64"] });
    expect(unnamed).not.toHaveProperty("createdAt");
    expect(unnamed.blobs).toContain(base.descriptor.digest);
    expect(inventory.blobs[base.descriptor.digest]).toBe(base.descriptor.size);
    expect(Object.keys(inventory.blobs)).toHaveLength(2 * 3 + 1);
  });

  test("stand on everything below nested indexes, and know which of it is listed too", async () => {
    const layout = scratchLayout();
    const amd64 = writeImage(layout, "amd64");
    const arm64 = layout.image(
      { layers: [layout.layer("arm64", 10, MAY)], architecture: "arm64", createdAt: MAY },
      MAY,
    );
    const attestation = {
      ...writeImage(layout, "sbom"),
      platform: { os: "unknown", architecture: "unknown" },
    };
    const inner = layout.index([amd64, arm64, attestation], MAY);
    const outer = layout.index([layout.index([inner], MAY)], MAY);
    layout.add(outer, "multi").add(amd64);

    const inventory = await observeLayout(layout.directory);
    const image = imageOf(inventory, outer.digest);
    expect(image).toMatchObject({
      platforms: ["linux/amd64", "linux/arm64"],
      createdAt: MAY.toISOString(),
      children: [amd64.digest],
    });
    expect(image.blobs).toEqual(Object.keys(inventory.blobs));
    expect(imageOf(inventory, amd64.digest)).not.toHaveProperty("children");
  });

  test("whose name is no reference are kept, and the rest is complete", async () => {
    const layout = scratchLayout();
    const image = writeImage(layout, "x");
    layout.add(image, "my app+1");
    const inventory = await observeLayout(layout.directory);
    expect(inventory.complete).toBe(true);
    expect(imageOf(inventory, image.digest).unreadable).toBe('its name "my app+1" is no reference');
  });

  test("that vanish while they are read are no error", async () => {
    const layout = scratchLayout();
    const [kept, leaving] = [writeImage(layout, "kept"), writeImage(layout, "leaving")];
    layout.add(kept, "kept").add(leaving, "leaving");
    const inventory = await observeLayout(layout.directory, () => {
      layout.entries.splice(0, Infinity, kept);
      layout.save();
      rmSync(layout.pathOf(leaving.digest), { force: true });
    });
    expect(inventory.complete).toBe(true);
    expect(inventory.images.map(({ id }) => id)).toEqual([kept.digest]);
  });
});

describe("referrers", () => {
  test.each([
    [
      "listed by index.json",
      (layout: LayoutWriter, subject: BlobDescriptor) => {
        const signature = layout.referrer(subject, "application/x", "signature", MAY);
        layout.add(signature);
        return signature.digest;
      },
    ],
    [
      "listed under the fallback tag",
      (layout: LayoutWriter, subject: BlobDescriptor) => {
        const list = layout.index(
          [layout.referrer(subject, "application/x", "signature", MAY)],
          MAY,
        );
        layout.add(list, subject.digest.replace(":", "-"));
        return list.digest;
      },
    ],
    [
      "under cosign's tag",
      (layout: LayoutWriter, subject: BlobDescriptor) => {
        const signature = writeImage(layout, "signature");
        layout.add(signature, `team/app:${subject.digest.replace(":", "-")}.sig`);
        return signature.digest;
      },
    ],
  ])("%s have a subject", async (_where, attach) => {
    const layout = scratchLayout();
    const subject = writeImage(layout, "subject");
    layout.add(subject, "1");
    const referrer = attach(layout, subject);
    expect(imageOf(await observeLayout(layout.directory), referrer).subject).toBe(subject.digest);
  });

  test("of one platform belong to the image whose index lists it", async () => {
    const layout = scratchLayout();
    const platform = writeImage(layout, "platform");
    const index = layout.index([platform], MAY);
    const signature = layout.referrer(platform, "application/x", "signature", MAY);
    layout.add(index, "1").add(signature);
    expect(imageOf(await observeLayout(layout.directory), signature.digest).subject).toBe(
      index.digest,
    );
  });

  test("that nothing lists go with their subject, and so do their own", async () => {
    const layout = scratchLayout();
    const subject = writeImage(layout, "subject");
    const signature = layout.referrer(subject, "application/x", "signature", MAY);
    const timestamp = layout.referrer(signature, "application/y", "timestamp", MAY);
    const other = layout.referrer(writeImage(layout, "unlisted"), "application/x", "other", MAY);
    layout.add(subject, "1");
    const { blobs } = imageOf(await observeLayout(layout.directory), subject.digest);
    expect(blobs).toEqual(expect.arrayContaining([signature.digest, timestamp.digest]));
    expect(blobs).not.toContain(other.digest);
  });
});

describe("blobs written just now", () => {
  const justNow = new Date(NOW.getTime() - GRACE_MS / 2);

  test("are held, and so is what a manifest written just now names", async () => {
    const layout = scratchLayout();
    const base = layout.layer("base", 100, MAY);
    layout.add(layout.image({ layers: [base] }, MAY), "1");
    layout.image({ layers: [base, layout.layer("top", 10, justNow)] }, justNow);
    const young = layout.image({ layers: [layout.layer("young", 10, MAY)] }, justNow);
    layout.add(young, "2");
    const { heldBlobs } = await observeLayout(layout.directory);
    expect(Object.keys(heldBlobs)).toHaveLength(3);
    expect(heldBlobs).toMatchObject({
      [young.digest]: "the grace period of a blob written just now",
      [base.descriptor.digest]: "a manifest written just now",
    });
  });
});

test("a manifest's file says when it came, unless its time cannot be true", async () => {
  const layout = scratchLayout();
  const image = writeImage(layout, "x");
  layout.add(image, "1");
  for (const time of [new Date(0), new Date(NOW.getTime() + GRACE_MS)]) {
    utimesSync(layout.pathOf(image.digest), time, time);
    expect(imageOf(await observeLayout(layout.directory), image.digest)).not.toHaveProperty(
      "arrivedAt",
    );
  }
});

test("blobs with a further name in the file system make the figures an upper bound", async () => {
  const layout = scratchLayout();
  const image = writeImage(layout, "x");
  layout.add(image, "1");
  linkSync(layout.pathOf(image.digest), join(layout.directory, "copy"));
  expect((await observeLayout(layout.directory)).accuracy.kind).toBe("up-to");
});
