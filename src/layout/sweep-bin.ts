import { lstat, opendir, stat, unlink } from "node:fs/promises";
import { basename, join } from "node:path";

import { blobsOf } from "./bin-contents.ts";
import { checksummedName, ENCRYPTED_FOLDER, encryptedName } from "./encrypted-files.ts";
import { systemErrorCode, toLayoutError } from "./layout-error.ts";
import { readRecord } from "./recovery-records.ts";
import { sweepBlobs } from "./sweep-blobs.ts";
import { UNFINISHED_PREFIX } from "./blob-draft.ts";

/** Where others put images too, a blob younger than this may be one that they are about to name. */
const FOREIGN_GRACE_MS = 6 * 3_600_000;

export interface SweepBinOptions {
  readonly nowMs: number;
  /** Other programs put images into this layout: they know nothing of the hold. */
  readonly hasForeign: boolean;
}

/**
 * Deletes what nothing names, and what interrupted writes have left; answers the bytes freed. Only under the write lock and
 * with the hold on the bin alone: then nobody of ours is about to name anything, and no blob is too young to go.
 */
export async function sweepBin(
  root: string,
  { nowMs, hasForeign }: SweepBinOptions,
): Promise<number> {
  const { signal } = new AbortController();
  let freedBytes = await removeLeftovers(root, { recursive: false });
  for (const folder of ["blobs", ENCRYPTED_FOLDER])
    freedBytes += await removeLeftovers(join(root, folder), { recursive: true });
  await sweepBlobs(root, {
    nowMs: hasForeign ? nowMs : Number.POSITIVE_INFINITY,
    graceMs: hasForeign ? FOREIGN_GRACE_MS : 0,
    signal,
    mayLackPlatforms: true,
    leftBy: (entry) => blobsOf(readRecord(entry)?.inRegistry ?? []),
    onRemoved: ({ storedBytes, hardLinks }) => {
      if (hardLinks === 1) freedBytes += storedBytes;
    },
  });
  return freedBytes;
}

/** Files that a write has left which did not come to its end. */
async function removeLeftovers(
  folder: string,
  options: { readonly recursive: boolean },
): Promise<number> {
  let freedBytes = 0;
  try {
    for await (const entry of await opendir(folder, options)) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || !(await isLeftover(path))) continue;
      const { size } = await stat(path);
      await unlink(path);
      freedBytes += size;
    }
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return freedBytes;
    throw toLayoutError(error, folder);
  }
  return freedBytes;
}

/** An unnamed file, or a checksum whose blob never got its name. */
async function isLeftover(path: string): Promise<boolean> {
  if (basename(path).startsWith(UNFINISHED_PREFIX)) return true;
  const file = checksummedName(path);
  return file !== undefined && encryptedName(file) !== undefined && !(await exists(file));
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}
