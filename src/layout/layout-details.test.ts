import { rmSync } from "node:fs";
import { expect, test } from "vitest";

import { APRIL, MAY, scratchLayout, writeImage } from "../../test/harness/scratch-layout.ts";
import { createLayoutDetails } from "./layout-details.ts";

test("layers are told bottom first with what made them", async () => {
  const layout = scratchLayout();
  const [base, top] = [layout.layer("base", 100, MAY), layout.layer("top", 100, MAY)];
  const image = layout.image({ layers: [base, top], createdAt: APRIL }, MAY);
  const layers = await createLayoutDetails(layout.directory).layers(image.digest);
  expect(layers).toMatchObject([
    {
      diffId: base.diffId,
      chainId: base.diffId,
      blobs: [base.descriptor.digest],
      createdBy: base.createdBy,
    },
    {
      diffId: top.diffId,
      blobs: [top.descriptor.digest],
      createdBy: top.createdBy,
      createdAt: APRIL.toISOString(),
    },
  ]);
  expect(layers[1]?.chainId).toMatch(/^sha256:[a-f0-9]{64}$/);
  expect(layers[1]?.chainId).not.toBe(top.diffId);
});

test("an index is told by the first platform that is here", async () => {
  const layout = scratchLayout();
  const attestation = {
    ...writeImage(layout, "sbom"),
    platform: { os: "unknown", architecture: "unknown" },
  };
  const [absent, present] = [writeImage(layout, "absent"), writeImage(layout, "present", "arm64")];
  const index = layout.index([attestation, layout.index([absent, present], MAY)], MAY);
  rmSync(layout.pathOf(absent.digest));
  const details = createLayoutDetails(layout.directory);
  expect(await details.layers(index.digest)).toMatchObject([
    { createdBy: "COPY present /srv/ # buildkit" },
  ]);
  expect(await details.raw(index.digest)).toMatchObject({ index: { schemaVersion: 2 } });
});

test("raw is manifest and configuration; an artifact has no configuration to show", async () => {
  const layout = scratchLayout();
  const image = writeImage(layout, "x");
  const signature = layout.referrer(image, "application/x", "signature", MAY);
  const details = createLayoutDetails(layout.directory);
  expect(await details.raw(image.digest)).toMatchObject({
    manifest: { schemaVersion: 2 },
    config: { os: "linux" },
  });
  expect(await details.raw(signature.digest)).not.toHaveProperty("config");
  const [layer] = await details.layers(signature.digest);
  expect(layer).toMatchObject({ createdBy: "", diffId: layer?.blobs[0] });
});

test("an image that is not there is an error that names the file", async () => {
  const layout = scratchLayout();
  const image = writeImage(layout, "x");
  rmSync(layout.pathOf(image.digest));
  const details = createLayoutDetails(layout.directory);
  await expect(details.raw(image.digest)).rejects.toMatchObject({
    kind: "not-found",
    file: layout.pathOf(image.digest),
  });
});
