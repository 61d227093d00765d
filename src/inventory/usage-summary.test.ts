import { expect, test } from "vitest";

import { sampleHost, sampleImage, sampleInventory } from "../../test/fakes/sample-inventory.ts";
import { imageUse } from "./image-use.ts";
import { sizeOfBlobs, summariseStorage } from "./usage-summary.ts";

const { inventory } = sampleHost;

test("each kind is counted, and every layer once", () => {
  expect(summariseStorage(inventory, imageUse(inventory))).toEqual({
    images: { count: 6, inUse: 2, size: { bytes: 195e6 }, unknownSizes: 0 },
    containers: { count: 2, inUse: 1, size: { bytes: 3e6 }, unknownSizes: 0, idleBytes: 2e6 },
    volumes: { count: 2, inUse: 1, size: { bytes: 34e6 }, unknownSizes: 0, idleBytes: 4e6 },
    buildCache: { count: 1, inUse: 0, size: { bytes: 9e6 }, unknownSizes: 0, idleBytes: 9e6 },
  });
});

test("an unknown size is counted as unknown, a shared cache record as nothing", () => {
  const [record] = inventory.buildCache;
  const odd = sampleInventory({
    volumes: [{ name: "remote", driver: "nfs", anonymous: false, labels: {} }],
    buildCache: record ? [{ ...record, shared: true }] : [],
  });
  expect(summariseStorage(odd, new Map())).toMatchObject({
    volumes: { count: 1, unknownSizes: 1, size: { bytes: 0 } },
    buildCache: { size: { bytes: 0 }, idleBytes: 0 },
  });
});

test.each([
  ["measured whole", { a: 4096, b: 8192 }, { bytes: 30, diskBytes: 12288 }],
  ["measured in part", { a: 4096 }, { bytes: 30 }],
  ["not measured", undefined, { bytes: 30 }],
])("disk bytes %s", (_, diskBytes, expected) => {
  const measured = sampleInventory({
    blobs: { a: 10, b: 20 },
    ...(diskBytes ? { diskBytes } : {}),
  });
  const owners = [sampleImage("x", { blobs: ["a", "b"] }), sampleImage("y", { blobs: ["b"] })];
  expect(sizeOfBlobs(measured, owners)).toEqual(expected);
});
