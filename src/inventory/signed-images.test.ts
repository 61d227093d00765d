import { expect, test } from "vitest";

import type { Image } from "./image.ts";
import { signedImages } from "./signed-images.ts";

const HEX = "a".repeat(64);

function attached(parts: Partial<Image>): Image {
  return {
    id: "app@sha256:b",
    references: [],
    repoDigests: [],
    labels: {},
    platforms: [],
    sizeBytes: 0,
    blobs: [],
    subject: "app@sha256:a",
    ...parts,
  };
}

test.each<[string, Partial<Image>, boolean]>([
  ["cosign's tag", { references: [`host/app:sha256-${HEX}.sig`] }, true],
  ["cosign's tag of an SBOM", { references: [`host/app:sha256-${HEX}.sbom`] }, false],
  ["the tag of referrers without an API", { references: [`host/app:sha256-${HEX}`] }, false],
  ["cosign's payload", { artifactType: "application/vnd.dev.cosign.simplesigning.v1+json" }, true],
  ["a Sigstore bundle", { artifactType: "application/vnd.dev.sigstore.bundle.v0.3+json" }, true],
  ["Notary Project's", { artifactType: "application/vnd.cncf.notary.signature" }, true],
  ["an SBOM", { artifactType: "application/spdx+json" }, false],
  ["nothing that says what it is", {}, false],
])("%s", (_, parts, isSigned) => {
  expect(signedImages([attached(parts)]).has("app@sha256:a")).toBe(isSigned);
});
