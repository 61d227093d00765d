import type { Digest } from "./digest.ts";

/** Of a digest's hex digits; all of sha256, half of sha512, which would not fit into a tag. */
const MOST_DIGITS = 64;

/** By the specification, and as cosign adds to it; some write sha512 whole all the same. */
const REFERRERS_TAG =
  /^(?:(sha512-[0-9a-f]{64})(?:[0-9a-f]{64})?|(sha256-[0-9a-f]{64}))(?:\.(?:sig|att|sbom))?$/;

/**
 * The tag under which what is attached to a manifest is kept where a registry has no listing of it (distribution-spec,
 * "Referrers Tag Schema").
 */
export function referrersTag(digest: Digest): string {
  const colon = digest.indexOf(":");
  return `${digest.slice(0, colon)}-${digest.slice(colon + 1, colon + 1 + MOST_DIGITS)}`;
}

/** The referrers tag of the manifest that such a tag is about, cosign's included; undefined for every other tag. */
export function referrersTagIn(tag: string): string | undefined {
  const [, long, short] = REFERRERS_TAG.exec(tag) ?? [];
  return long ?? short;
}

/** True for a name `registry/repository:tag` that somebody gave to find what is attached to a manifest. */
export function isReferrersName(reference: string): boolean {
  return referrersTagIn(reference.slice(reference.lastIndexOf(":") + 1)) !== undefined;
}
