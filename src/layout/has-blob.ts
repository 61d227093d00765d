import { lstatSync } from "node:fs";

import type { Digest } from "../oci/digest.ts";
import { blobPath } from "./blob-files.ts";
import { findEncrypted } from "./encrypted-files.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";

/**
 * Whether a blob's file is there, encrypted or not, and of the right size where that is known. Synchronous: it answers in
 * microseconds, between two files of a stream.
 */
export function hasBlob(root: string, digest: Digest, sizeBytes?: number): boolean {
  if (hasPlainBlob(root, digest, sizeBytes)) return true;
  const encrypted = findEncrypted(root, digest);
  if (encrypted?.contentBytes === undefined) return false;
  return sizeBytes === undefined || encrypted.contentBytes === sizeBytes;
}

/** Whether it is there as it is, and not only encrypted. */
export function hasPlainBlob(root: string, digest: Digest, sizeBytes?: number): boolean {
  const path = blobPath(root, digest);
  try {
    const file = lstatSync(path, { throwIfNoEntry: false });
    return file?.isFile() === true && (sizeBytes === undefined || file.size === sizeBytes);
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOTDIR" || code === "ENAMETOOLONG") return false;
    throw toLayoutError(error, path);
  }
}

/** Whether it has to be opened with an identity before it can be read. */
export function isEncryptedOnly(root: string, digest: Digest): boolean {
  return !hasPlainBlob(root, digest) && findEncrypted(root, digest) !== undefined;
}
