import { isDigest, type Digest } from "../oci/digest.ts";
import { formatReference, parseBareReference } from "../oci/reference.ts";

/** The names of an image, normalised and sorted, as `Image` has them. */
export interface ImageNames {
  readonly references: readonly string[];
  readonly repoDigests: readonly string[];
}

/**
 * Engines mix three things: real names, `<none>` marks for their absence (API up to 1.42), and, on the containerd store,
 * `repository@digest` among the tags. A name that does not parse is left out: nothing could be removed by it.
 */
export function normaliseNames(
  tags: readonly string[] | null | undefined,
  digests: readonly string[] | null | undefined,
): ImageNames {
  const references = new Set<string>();
  const repoDigests = new Set<string>();
  for (const name of [...(tags ?? []), ...(digests ?? [])]) {
    if (name.includes("<none>")) continue;
    const reference = parseBareReference(name);
    if ("kind" in reference) continue;
    if (reference.digest !== undefined) {
      const { tag: _tag, ...untagged } = reference;
      repoDigests.add(formatReference(untagged));
    } else {
      references.add(formatReference({ tag: "latest", ...reference }));
    }
  }
  return { references: [...references].toSorted(), repoDigests: [...repoDigests].toSorted() };
}

/** `sha256:` and 64 digits. Podman leaves out the prefix; an empty text is no ID. */
export function normaliseId(id: string | null | undefined): Digest | undefined {
  if (!id) return undefined;
  const full = /^[a-f0-9]{64}$/.test(id) ? `sha256:${id}` : id;
  return isDigest(full) ? full : undefined;
}
