import type { Manifest } from "./manifest.ts";
import { isImageConfigMediaType, MEDIA_TYPE } from "./media-type.ts";

/** What cosign puts into a signature that has the configuration of an image (sigstore/cosign, specs/SIGNATURE_SPEC.md). */
const COSIGN_PAYLOAD = "application/vnd.dev.cosign.simplesigning.v1+json";

/**
 * What kind of thing a manifest is, where it is no image: its `artifactType`, else the type of its configuration
 * (image-spec, manifest.md, "Guidelines for Artifact Usage"), else what its layers tell.
 */
export function artifactTypeOf(manifest: Manifest): string | undefined {
  if (manifest.artifactType !== undefined) return manifest.artifactType;
  if (manifest.kind === "index") return undefined;
  const { config, layers } = manifest;
  if (layers.some(({ mediaType }) => mediaType === COSIGN_PAYLOAD)) return COSIGN_PAYLOAD;
  const type = config?.mediaType;
  const isOwn = type !== undefined && type !== MEDIA_TYPE.empty && !isImageConfigMediaType(type);
  return isOwn ? type : undefined;
}

const SIGNATURES: ReadonlySet<string> = new Set([
  COSIGN_PAYLOAD,
  "application/vnd.dev.cosign.artifact.sig.v1+json",
  // Notary Project, signature specification.
  "application/vnd.cncf.notary.signature",
]);

/** Sigstore's bundle, which cosign 3 attaches, in any version. */
const SIGSTORE_BUNDLE = /^application\/vnd\.dev\.sigstore\.bundle(?:[.+]|$)/;

/** True for the artifact types of signatures on what they are attached to. */
export function isSignatureType(artifactType: string): boolean {
  return SIGNATURES.has(artifactType) || SIGSTORE_BUNDLE.test(artifactType);
}
