import { expect, test } from "vitest";

import { sampleHost } from "../../test/fakes/sample-inventory.ts";
import { describeLayers } from "./describe-layers.ts";

const { ids, inventory } = sampleHost;

test("layers with their sizes and who else stands on them", () => {
  const image = inventory.images.find(({ id }) => id === ids.build);
  const layer = (name: string) => ({
    diffId: name,
    chainId: name,
    blobs: [name],
    createdBy: `RUN ${name}`,
  });
  const held = { ...inventory, heldBlobs: { build: "build cache" } };
  const layers = image ? describeLayers(held, image, ["base", "step", "build"].map(layer)) : [];
  expect(
    layers.map(({ layer: { chainId }, size, sharedWith, heldBy }) => [
      chainId,
      size.bytes,
      sharedWith.length,
      heldBy,
    ]),
  ).toEqual([
    ["base", 100e6, 4, undefined],
    ["step", 10e6, 1, undefined],
    ["build", 3e6, 0, "build cache"],
  ]);
});
