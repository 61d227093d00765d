import { isSignatureType } from "../oci/artifact-type.ts";
import type { Digest } from "../oci/digest.ts";
import type { Image } from "./image.ts";

/** Images with a signature attached; whether it is right, nobody has checked. */
export function signedImages(images: readonly Image[]): ReadonlySet<Digest> {
  return new Set(
    images.flatMap((image) =>
      image.subject !== undefined && isSignature(image) ? [image.subject] : [],
    ),
  );
}

/** By what it says it is, or by the tag that cosign gives signatures. */
function isSignature({ artifactType, references }: Image): boolean {
  if (artifactType !== undefined && isSignatureType(artifactType)) return true;
  return references.some((reference) => /:sha256-[0-9a-f]{64}\.sig$/.test(reference));
}
