import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  expectDone,
  expectGone,
  newImage,
  newLayer,
  noteImages,
  plannedImages,
  TWO_HOURS_MS,
} from "./contract-images.ts";
import { openSession, removeMatching } from "./contract-session.ts";
import { createLayoutTarget, type LayoutTarget } from "./layout-target.ts";

const IMAGES = 30;

function blobBytes({ directory }: LayoutTarget): number {
  const folder = join(directory, "blobs/sha256");
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

test("a layout: predicted to the byte, and to the block", async () => {
  const target = createLayoutTarget();
  onTestFinished(() => target.stop());
  const layers = Array.from({ length: 5 }, newLayer);
  await target.load(
    Array.from({ length: IMAGES }, (_, index) => {
      const name = `images.test/${index % 3 === 0 ? "stays" : "goes"}:${index}`;
      const platforms = { otherPlatforms: { "linux/s390x": [newLayer()] } };
      return newImage([name], layers.slice(0, index % 6), index % 4 === 0 ? platforms : {});
    }),
  );
  const before = await noteImages(target);
  const bytesBefore = blobBytes(target);
  const diskBefore = target.contentDiskBytes();
  const session = await openSession(target.address, { aheadMs: TWO_HOURS_MS });
  const plan = await session.plan(removeMatching({ repository: "goes" }));
  const report = await session.carryOut(plan);

  expectDone(report);
  expect(bytesBefore - blobBytes(target)).toBe(plan.totals.freesBytes);
  expect(diskBefore - target.contentDiskBytes()).toBe(plan.totals.freesDiskBytes);
  expect(plan.totals.freesBytes).toBeGreaterThan(0);
  await expectGone(target, before, plannedImages(plan));
});

test("what has just been written stays until it is older: another writer may be about to name it", async () => {
  const target = createLayoutTarget();
  onTestFinished(() => target.stop());
  await target.load([newImage(["images.test/young:1"])]);
  const bytesBefore = blobBytes(target);
  const session = await openSession(target.address);
  const plan = await session.plan(removeMatching({ repository: "young" }));
  const report = await session.carryOut(plan);
  expect(await target.listNames()).toEqual([]);
  expect(blobBytes(target)).toBe(bytesBefore);
  expect(report).toMatchObject({ predictedBytes: 0, freedBytes: 0 });
});
