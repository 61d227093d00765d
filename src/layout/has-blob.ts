import { lstatSync } from "node:fs";

import type { Digest } from "../oci/digest.ts";
import { blobPath } from "./blob-files.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";

/**
 * Whether a blob's file is there, and of the right size where that is known. Synchronous: it answers in microseconds, between
 * two files of a stream.
 */
export function hasBlob(root: string, digest: Digest, sizeBytes?: number): boolean {
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
