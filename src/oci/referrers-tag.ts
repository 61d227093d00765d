import type { Digest } from "./digest.ts";

/**
 * Tags under which what is attached to a manifest is kept where a registry has no listing of it: the distribution-spec's
 * "Referrers Tag Schema" (`sha256-<hex>`), and cosign's (`.sig`, `.att`, `.sbom`).
 */
const REFERRERS_TAG = /^(sha256|sha512)-([0-9a-f]{64,128})(?:\.(?:sig|att|sbom))?$/;

/** The manifest that such a tag names; undefined for every other tag. */
export function subjectOfTag(tag: string): Digest | undefined {
  const [, algorithm, hex] = REFERRERS_TAG.exec(tag) ?? [];
  return hex === undefined ? undefined : `${algorithm}:${hex}`;
}

/** True for a name `registry/repository:tag` that somebody gave to find what is attached to a manifest. */
export function isReferrersName(reference: string): boolean {
  return subjectOfTag(reference.slice(reference.lastIndexOf(":") + 1)) !== undefined;
}
