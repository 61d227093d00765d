import { createHash } from "node:crypto";

import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { LayoutError } from "./layout-error.ts";

/** Blobs are kept under sha256 unless their name says otherwise (image-spec, descriptor.md#digests). */
export const OWN_ALGORITHM = "sha256";

/** Content on its way, and what it turned out to be once all of it has passed. */
export interface HashedContent {
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly digest: () => Digest;
  readonly sizeBytes: () => number;
}

/** Hashes what passes, by the algorithm of the digest that it is expected to have. */
export function hashContent(
  chunks: AsyncIterable<Uint8Array>,
  expected: Digest | undefined,
): HashedContent {
  const algorithm = algorithmOf(expected);
  const hash = createHash(algorithm);
  let sizeBytes = 0;
  async function* passing(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      yield chunk;
    }
  }
  return {
    chunks: passing(),
    digest: () => `${algorithm}:${hash.digest("hex")}`,
    sizeBytes: () => sizeBytes,
  };
}

export function algorithmOf(expected: Digest | undefined): string {
  if (expected === undefined) return OWN_ALGORITHM;
  if (!isVerifiableDigest(expected)) throw new RangeError(`${expected} cannot be checked`);
  return expected.slice(0, expected.indexOf(":"));
}

/** Content that is not what it was said to be. */
export function mismatch(expected: Digest, digest: Digest): LayoutError {
  return new LayoutError("corrupt", {
    file: expected,
    detail: `its content has the digest ${digest}`,
    hint: "The content was damaged on its way; try again.",
  });
}
