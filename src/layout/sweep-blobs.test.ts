import { existsSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

import type { LayoutWriter } from "../../scripts/demo/layout-writer.ts";
import {
  GRACE_MS,
  MAY,
  NOW,
  observeLayout,
  scratchLayout,
  writeImage,
} from "../../test/harness/scratch-layout.ts";
import { countUnreferencedBlobs, sweepBlobs } from "./sweep-blobs.ts";

const NOW_MS = NOW.getTime();
const JUST_NOW = new Date(NOW.getTime() - GRACE_MS / 2);
const { signal } = new AbortController();

function sweep({ directory }: LayoutWriter): Promise<readonly string[]> {
  return sweepBlobs(directory, { nowMs: NOW_MS, graceMs: GRACE_MS, signal });
}

describe("a sweep", () => {
  test("deletes what nothing reaches, and counts it beforehand", async () => {
    const layout = scratchLayout();
    layout.add(writeImage(layout, "staying"), "1");
    const orphan = layout.layer("orphan", 5000, MAY).descriptor;
    const unlisted = writeImage(layout, "unlisted");
    const counted = await countUnreferencedBlobs(layout.directory, signal);
    const swept = await sweep(layout);
    expect(swept).toEqual(expect.arrayContaining([orphan.digest, unlisted.digest]));
    expect(swept).toHaveLength(1 + 3);
    expect(counted.count).toBe(4);
    expect(counted.sizeBytes).toBeGreaterThan(orphan.size);
    expect(await countUnreferencedBlobs(layout.directory, signal)).toEqual({
      count: 0,
      sizeBytes: 0,
      diskBytes: 0,
    });
    expect((await observeLayout(layout.directory)).complete).toBe(true);
  });

  test("leaves blobs written just now, and old ones that a manifest written just now names", async () => {
    const layout = scratchLayout();
    const young = layout.layer("young", 100, JUST_NOW).descriptor;
    const reused = layout.layer("reused", 100, MAY);
    const arriving = layout.image({ layers: [reused] }, JUST_NOW);
    const notArrived = layout.index([arriving, writeImage(layout, "not-arrived")], JUST_NOW);
    const old = layout.layer("old", 100, MAY).descriptor;
    expect(await sweep(layout)).toEqual([old.digest]);
    for (const { digest } of [young, reused.descriptor, arriving, notArrived]) {
      expect(existsSync(layout.pathOf(digest))).toBe(true);
    }
  });

  test("takes an arriving index for no gap, even when what it lists has not come", async () => {
    const layout = scratchLayout();
    const child = writeImage(layout, "child");
    layout.index([child], JUST_NOW);
    rmSync(layout.pathOf(child.digest));
    expect(await sweep(layout)).toHaveLength(2);
  });

  test("touches nothing that is not a file named by a digest", async () => {
    const layout = scratchLayout();
    const blobs = join(layout.directory, "blobs");
    const hex = "a".repeat(64);
    const files = [
      "README",
      "sha256/README",
      `sha256/${hex}.tmp`,
      `sha256/${hex.toUpperCase()}`,
      "sha256/.partial",
      `md5/${"a".repeat(32)}`,
    ];
    mkdirSync(join(blobs, "md5"));
    for (const file of files) writeFileSync(join(blobs, file), "");
    symlinkSync("/etc/hostname", join(blobs, "sha256", hex));
    mkdirSync(join(blobs, "sha256", "b".repeat(64)));
    for (const file of files) utimesSync(join(blobs, file), MAY, MAY);
    expect(await sweep(layout)).toEqual([]);
    for (const file of files) expect(existsSync(join(blobs, file))).toBe(true);
  });

  test("deletes nothing while a manifest cannot be read", async () => {
    const layout = scratchLayout();
    const image = writeImage(layout, "x");
    layout.add(layout.index([image], MAY), "1");
    const orphan = layout.layer("orphan", 100, MAY).descriptor;
    rmSync(layout.pathOf(image.digest));
    await expect(sweep(layout)).rejects.toMatchObject({
      kind: "unknown-content",
      file: layout.directory,
    });
    expect(existsSync(layout.pathOf(orphan.digest))).toBe(true);
  });

  test.each([
    ["a blob", "blobs/sha256/" + "c".repeat(64)],
    ["a temporary file beside the blobs", "blobs/sha256/.partial"],
    ["a temporary file above them", "oci-put-blob123"],
    ["a temporary file in a folder of its own", "ingest/1"],
  ])("waits while another program writes %s", async (_what, name) => {
    const layout = scratchLayout();
    const orphan = layout.layer("orphan", 100, MAY).descriptor;
    const file = join(layout.directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, "");
    const [recently, earlier] = [new Date(NOW_MS - 30_000), new Date(NOW_MS - 90_000)];
    utimesSync(file, recently, recently);
    await expect(sweep(layout)).rejects.toMatchObject({ kind: "busy", file });
    utimesSync(file, earlier, earlier);
    expect(await sweep(layout)).toEqual([orphan.digest]);
  });

  test("marks again when index.json has changed meanwhile", async () => {
    const layout = scratchLayout();
    const rescued = writeImage(layout, "rescued");
    const orphan = layout.layer("orphan", 100, MAY).descriptor;
    const watching = new AbortController().signal;
    // Asked before each blob is looked at: after index.json was read, before anything is deleted.
    watching.throwIfAborted = () => {
      if (layout.entries.length === 0) layout.add(rescued, "1");
    };
    expect(
      await sweepBlobs(layout.directory, { nowMs: NOW_MS, graceMs: GRACE_MS, signal: watching }),
    ).toEqual([orphan.digest]);
    expect((await observeLayout(layout.directory)).complete).toBe(true);
  });

  test("stops when it is told to", async () => {
    const layout = scratchLayout();
    layout.layer("orphan", 100, MAY);
    await expect(
      sweepBlobs(layout.directory, {
        nowMs: NOW_MS,
        graceMs: GRACE_MS,
        signal: AbortSignal.abort(),
      }),
    ).rejects.toThrow(/aborted/);
  });
});
