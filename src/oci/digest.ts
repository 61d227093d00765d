/** A content digest as text, `algorithm:hex` (OCI image-spec, descriptor.md#digests). */
export type Digest = string;

const DIGEST = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/;
const SHA256 = /^sha256:[a-f0-9]{64}$/;
const SHA512 = /^sha512:[a-f0-9]{128}$/;

/** True for any digest the specification allows; a registered algorithm must have all its hex digits, in lower case. */
export function isDigest(text: string): text is Digest {
  if (text.startsWith("sha256:")) return SHA256.test(text);
  return text.startsWith("sha512:") ? SHA512.test(text) : DIGEST.test(text);
}

/** True for a digest of an algorithm that the specification registers: the content can be checked against it. */
export function isVerifiableDigest(text: string): text is Digest {
  return SHA256.test(text) || SHA512.test(text);
}

/** What an image's ID is the digest of: in a registry an ID begins with the repository. */
export function contentDigest(imageId: string): Digest {
  return imageId.slice(imageId.lastIndexOf("@") + 1);
}

/**
 * The first 12 hex digits, as engines print an ID, also of an ID `repository@digest` of a registry; text that is no sha256
 * digest is returned as it is.
 */
export function shortDigest(digest: Digest): string {
  const own = contentDigest(digest);
  return SHA256.test(own) ? own.slice(7, 19) : digest;
}
