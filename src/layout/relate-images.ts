import type { Image } from "../inventory/image.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { reachableFrom, type Content } from "./content-walk.ts";

/**
 * `sha256-<hex>`, the tag under which referrers are listed where there is no referrers API (distribution-spec), and with
 * `.sig`, `.att` or `.sbom`, the tags of cosign.
 */
const REFERRERS_TAG = /:(sha256|sha512)-([a-f0-9]+)(?:\.[a-z]+)?$/;

/** Completes images by what they are to each other: children of an index, referrers of a subject. */
export function relateImages(
  content: Content,
  images: readonly { readonly image: Image; readonly descriptor: Descriptor }[],
): readonly Image[] {
  const ids = new Set(images.map(({ image }) => image.id));
  const childrenOf = new Map<Digest, readonly Digest[]>();
  const ownerOf = new Map<Digest, Digest>();
  for (const { image, descriptor } of images) {
    const reached = reachableFrom(content, [descriptor]);
    childrenOf.set(
      image.id,
      [...reached.keys()].filter((id) => id !== image.id && ids.has(id)).toSorted(),
    );
    for (const digest of reached.keys()) {
      if (content.documents.has(digest) && !ownerOf.has(digest)) ownerOf.set(digest, image.id);
    }
  }
  return images.map(({ image }) => {
    const children = childrenOf.get(image.id) ?? [];
    const named = subjectOf(content, image);
    // A signature of one platform belongs to the image whose index lists that platform.
    const subject = named === undefined || ids.has(named) ? named : (ownerOf.get(named) ?? named);
    return {
      ...image,
      ...(children.length === 0 ? {} : { children }),
      ...(subject === undefined || subject === image.id ? {} : { subject }),
    };
  });
}

function subjectOf(content: Content, image: Image): Digest | undefined {
  const subject = content.documents.get(image.id)?.subject;
  if (subject !== undefined) return subject.digest;
  for (const reference of image.references) {
    const [, algorithm, hex] = REFERRERS_TAG.exec(reference) ?? [];
    const digest = `${algorithm}:${hex}`;
    if (isVerifiableDigest(digest)) return digest;
  }
  return undefined;
}
