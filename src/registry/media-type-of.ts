import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";

/** What a manifest is pushed as: `mediaType` is optional in OCI documents, and Docker's always have it. */
export function mediaTypeOf(text: string): string {
  const manifest = parseManifest(JSON.parse(text));
  if (manifest.kind === "malformed") return MEDIA_TYPE.manifest;
  return manifest.mediaType || MEDIA_TYPE[manifest.kind];
}
