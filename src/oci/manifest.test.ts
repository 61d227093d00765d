import { describe, expect, test } from "vitest";

import { isAttestationEntry, parseManifest, successorsOf } from "./manifest.ts";
import { parseDescriptor } from "./descriptor.ts";
import { isForeignLayerMediaType, MEDIA_TYPE } from "./media-type.ts";

function descriptor(letter: string): { digest: string; size: number; mediaType: string } {
  return { digest: `sha256:${letter.repeat(64)}`, size: 1, mediaType: "x" };
}

function successorLetters(document: object): string {
  const manifest = parseManifest(document);
  if (manifest.kind === "malformed") return manifest.detail;
  const letters = successorsOf(manifest).map(({ digest }) => digest.at(-1));
  return `${manifest.kind}: ${letters.join("")}`;
}

describe("what a document stands on", () => {
  const [a, b, c] = [descriptor("a"), descriptor("b"), descriptor("c")];
  test.each([
    [{ schemaVersion: 2, config: a, layers: [b, c] }, "manifest: abc"],
    [{ mediaType: MEDIA_TYPE.dockerManifest, config: a, layers: [b] }, "manifest: ab"],
    [{ config: a }, "manifest: a"],
    [{ config: a, layers: [b], subject: c }, "manifest: ab"],
    [{ manifests: [a, b] }, "index: ab"],
    [{ manifests: [] }, "index: "],
    [{ mediaType: MEDIA_TYPE.manifest, manifests: [a] }, "index: a"],
    [{ mediaType: MEDIA_TYPE.artifactManifest, blobs: [a], subject: b }, "manifest: a"],
    [{ mediaType: MEDIA_TYPE.artifactManifest }, "manifest: "],
    [[], "it is not a JSON object"],
    [{}, "it is neither a manifest nor an index"],
    [{ layers: [a] }, "it is neither a manifest nor an index"],
    [
      { schemaVersion: 1, fsLayers: [] },
      "it is a Docker schema 1 manifest, which has no content digests",
    ],
    [{ config: {}, layers: [] }, "config has no valid digest: undefined"],
    [{ config: a, layers: [b, 1] }, "layers[1] is not a descriptor"],
    [{ config: a, layers: {} }, "layers is not a list"],
    [{ manifests: [1] }, "manifests[0] is not a descriptor"],
    [{ config: a, layers: [], subject: 1 }, "subject is not a descriptor"],
  ])("%j", (document, expected) => {
    expect(successorLetters(document)).toBe(expected);
  });
});

test("the subject, annotations and artifact type are read", () => {
  const manifest = parseManifest({
    artifactType: "application/x",
    config: descriptor("a"),
    annotations: { k: "v" },
    subject: descriptor("b"),
  });
  expect(manifest).toMatchObject({
    kind: "manifest",
    artifactType: "application/x",
    annotations: { k: "v" },
    subject: { digest: descriptor("b").digest },
  });
});

test.each([
  [{ platform: { os: "unknown", architecture: "unknown" } }, true],
  [{ annotations: { "vnd.docker.reference.type": "attestation-manifest" } }, true],
  [{ platform: { os: "linux", architecture: "amd64" } }, false],
  [{}, false],
])("an index entry with %j is an attestation: %j", (fields, expected) => {
  const entry = parseDescriptor({ ...descriptor("a"), ...fields }, "entry");
  expect("kind" in entry ? entry.detail : isAttestationEntry(entry)).toBe(expected);
});

test.each([
  ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true],
  ["application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true],
  [MEDIA_TYPE.layerGzip, false],
])("isForeignLayerMediaType(%j) is %j", (mediaType, expected) => {
  expect(isForeignLayerMediaType(mediaType)).toBe(expected);
});
