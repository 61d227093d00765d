/** A content digest as text, `algorithm:hex` (OCI image-spec, descriptor.md#digests). */
export type Digest = string;

const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const SHA256 = /^sha256:[a-f0-9]{64}$/;

/** True for any digest the specification allows; sha256 must have its 64 hex digits in lower case. */
export function isDigest(text: string): text is Digest {
  return text.startsWith("sha256:") ? SHA256.test(text) : DIGEST.test(text);
}

/** The first 12 hex digits, as engines print an ID; text that is no sha256 digest is returned as it is. */
export function shortDigest(digest: Digest): string {
  return SHA256.test(digest) ? digest.slice(7, 19) : digest;
}
