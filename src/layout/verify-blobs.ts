import type { Digest } from "../oci/digest.ts";
import type { BinKeys } from "./bin-keys.ts";
import { listBlobs } from "./list-blobs.ts";
import { isEncryptedOnly } from "./has-blob.ts";
import { LayoutError } from "./layout-error.ts";
import { readBlob } from "./read-blob.ts";
import { encryptedDamageOf } from "./read-encrypted.ts";

/** Reads every blob again and answers those that are not what their name says, each with what is wrong. */
export async function verifyBlobs(
  root: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
  keys?: BinKeys,
): Promise<ReadonlyMap<Digest, string>> {
  const wrong = new Map<Digest, string>();
  for await (const digest of listBlobs(root)) {
    const detail = await damageOf(root, digest, signal, onBytes, keys);
    if (detail !== undefined) wrong.set(digest, detail);
  }
  return wrong;
}

/**
 * Reads one blob to its end; undefined where it is what its name says. Without an identity an encrypted one is held against
 * its checksum instead: it is what was written then.
 */
export async function damageOf(
  root: string,
  digest: Digest,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
  keys?: BinKeys,
): Promise<string | undefined> {
  if (keys?.hasIdentity !== true && isEncryptedOnly(root, digest))
    return encryptedDamageOf(root, digest, signal, onBytes);
  try {
    for await (const chunk of readBlob(root, { digest }, keys)) {
      signal.throwIfAborted();
      onBytes(chunk.byteLength);
    }
    return undefined;
  } catch (error) {
    // What is wrong with the identity is no damage.
    if (error instanceof LayoutError && error.kind !== "not-a-key") return error.detail;
    throw error;
  }
}
