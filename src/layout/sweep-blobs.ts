import { unlink } from "node:fs/promises";

import type { Digest } from "../oci/digest.ts";
import { blobPath, findBlob, listBlobs } from "./blob-files.ts";
import { reachableFrom, walkContent } from "./content-walk.ts";
import { inParallel } from "./in-parallel.ts";
import { readIndexFile, readIndexText, type IndexFile } from "./index-file.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";

/** After so many removals index.json is looked at again. */
const REMOVALS_PER_LOOK = 64;
/** Each change of index.json by another program starts the sweep anew; after so many it is left to the next run. */
const MAX_MARKINGS = 5;

/**
 * Deletes the blobs that nothing reaches from index.json and that were last written before `graceStartMs`; answers those
 * that went. Refuses when a manifest cannot be read, because any blob could be one that it needs. Only under the write
 * lock.
 */
export async function sweepBlobs(
  root: string,
  graceStartMs: number,
  signal: AbortSignal,
): Promise<readonly Digest[]> {
  const removed: Digest[] = [];
  for (let marking = 0; marking < MAX_MARKINGS; marking += 1) {
    const index = await readIndexFile(root);
    const unreached = await listUnreached(root, index, graceStartMs, signal);
    if (await removeWhileUnchanged(root, index, unreached, graceStartMs, removed, signal)) break;
  }
  return removed;
}

/** The blobs that neither index.json reaches nor a manifest that was written after `graceStartMs`. */
async function listUnreached(
  root: string,
  index: IndexFile,
  graceStartMs: number,
  signal: AbortSignal,
): Promise<readonly Digest[]> {
  const descriptors = index.entries.map(({ descriptor }) => descriptor);
  const content = await walkContent(root, descriptors, graceStartMs, { signal });
  const [unknown] = content.unknown.values();
  if (unknown !== undefined) {
    throw new LayoutError("unknown-content", {
      file: root,
      detail: `${unknown}; no blob was deleted, because any could be one that it needs`,
      hint: "Copy the image here again, or remove its entry from index.json; then the next apply frees the space.",
    });
  }
  const reached = reachableFrom(content, [...descriptors, ...content.arriving]);
  const unreached: Digest[] = [];
  for await (const digest of listBlobs(root)) if (!reached.has(digest)) unreached.push(digest);
  return unreached;
}

/** False when index.json changed on the way: what is unreached may have been named. */
async function removeWhileUnchanged(
  root: string,
  index: IndexFile,
  unreached: readonly Digest[],
  graceStartMs: number,
  removed: Digest[],
  signal: AbortSignal,
): Promise<boolean> {
  for (let start = 0; start < unreached.length; start += REMOVALS_PER_LOOK) {
    if ((await readIndexText(root)) !== index.text) return false;
    await inParallel(unreached.slice(start, start + REMOVALS_PER_LOOK), signal, async (digest) => {
      const file = await findBlob(root, digest);
      if (file === undefined || file.modifiedAtMs > graceStartMs) return;
      if (await unlinkBlob(root, digest)) removed.push(digest);
    });
  }
  return true;
}

async function unlinkBlob(root: string, digest: Digest): Promise<boolean> {
  const path = blobPath(root, digest);
  try {
    await unlink(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw toLayoutError(error, path);
  }
}

/** Blobs that nothing reaches, young ones included. */
export interface UnreferencedBlobs {
  readonly count: number;
  readonly sizeBytes: number;
  readonly diskBytes: number;
}

/** Counts what a sweep would delete once its grace period is over; looks only. */
export async function countUnreferencedBlobs(
  root: string,
  signal: AbortSignal,
): Promise<UnreferencedBlobs> {
  const unreached = await listUnreached(
    root,
    await readIndexFile(root),
    Number.POSITIVE_INFINITY,
    signal,
  );
  const total = { count: 0, sizeBytes: 0, diskBytes: 0 };
  await inParallel(unreached, signal, async (digest) => {
    const file = await findBlob(root, digest);
    if (file === undefined) return;
    total.count += 1;
    total.sizeBytes += file.sizeBytes;
    total.diskBytes += file.diskBytes;
  });
  return total;
}
