import { expect, test } from "vitest";

import { artifactTypeOf } from "./artifact-type.ts";
import { parseManifest } from "./manifest.ts";

const descriptor = (mediaType: string) => ({
  mediaType,
  digest: `sha256:${"a".repeat(64)}`,
  size: 2,
});
const IMAGE_CONFIG = descriptor("application/vnd.oci.image.config.v1+json");
const SIGNATURE = "application/vnd.dev.cosign.simplesigning.v1+json";

test.each<[string, object, string | undefined]>([
  ["an image", { config: IMAGE_CONFIG, layers: [] }, undefined],
  ["its own word", { artifactType: "text/x", config: IMAGE_CONFIG, layers: [] }, "text/x"],
  ["its configuration's", { config: descriptor("application/x"), layers: [] }, "application/x"],
  [
    "an empty configuration, which says nothing",
    { config: descriptor("application/vnd.oci.empty.v1+json"), layers: [] },
    undefined,
  ],
  [
    "a signature by cosign, which looks like an image",
    { config: IMAGE_CONFIG, layers: [descriptor(SIGNATURE)] },
    SIGNATURE,
  ],
  ["an index", { manifests: [] }, undefined],
])("%s", (_, document, type) => {
  const manifest = parseManifest({ schemaVersion: 2, ...document });
  if (manifest.kind === "malformed") throw new Error(manifest.detail);
  expect(artifactTypeOf(manifest)).toBe(type);
});
