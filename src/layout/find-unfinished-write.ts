import { lstat, opendir } from "node:fs/promises";
import { join, relative, sep } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";
import { CATALOGUE_FILE } from "./bin-catalogue-file.ts";
import { HOLD_FILE } from "./bin-hold.ts";
import { RECIPIENTS_FILE } from "./bin-keys.ts";
import { checksummedName, ENCRYPTED_FOLDER, encryptedName } from "./encrypted-files.ts";
import { DRAFT_FILE } from "./rewrite-index.ts";
import { LOCK_FILE } from "./write-lock.ts";

const LASTING_FILES: ReadonlySet<string> = new Set([
  "oci-layout",
  "index.json",
  LOCK_FILE,
  HOLD_FILE,
  CATALOGUE_FILE,
  RECIPIENTS_FILE,
  DRAFT_FILE,
]);

const FOLDERS: ReadonlySet<string | undefined> = new Set(["blobs", ENCRYPTED_FOLDER]);

/**
 * A file that was written after `sinceMs` and that nothing names yet: a blob, or a temporary file such as every program
 * makes of a blob while it comes. Its writer will write index.json next, and may have read it long before.
 */
export async function findUnfinishedWrite(
  root: string,
  reached: ReadonlyMap<Digest, unknown>,
  sinceMs: number,
): Promise<string | undefined> {
  try {
    for await (const entry of await opendir(root, { recursive: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = relative(root, path).split(sep);
      if (name.length === 1 && LASTING_FILES.has(entry.name)) continue;
      const [folder, algorithm, file = ""] = name;
      const hex = folder === ENCRYPTED_FOLDER ? hexOf(file) : file;
      if (FOLDERS.has(folder) && reached.has(`${algorithm}:${hex}`)) continue;
      if (await isWrittenSince(path, sinceMs)) return path;
    }
  } catch (error) {
    throw toLayoutError(error, root);
  }
  return undefined;
}

/** Of an encrypted blob, or of its checksum. */
function hexOf(file: string): string | undefined {
  return encryptedName(checksummedName(file) ?? file);
}

async function isWrittenSince(path: string, sinceMs: number): Promise<boolean> {
  try {
    return (await lstat(path)).mtimeMs > sinceMs;
  } catch (error) {
    // A temporary file that has just got its final name: its writer is at work.
    if (systemErrorCode(error) === "ENOENT") return true;
    throw error;
  }
}
