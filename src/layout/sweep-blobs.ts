import { unlink } from "node:fs/promises";

import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { blobPath, findBlob, type BlobFile } from "./blob-files.ts";
import { listBlobs } from "./list-blobs.ts";
import { reachableFrom, walkContent, type Content } from "./content-walk.ts";
import { findUnfinishedWrite } from "./find-unfinished-write.ts";
import { hasBlob } from "./has-blob.ts";
import { findEncrypted, removeEncrypted } from "./encrypted-files.ts";
import { inParallel } from "./in-parallel.ts";
import { readIndexFile, readIndexText, type IndexEntry, type IndexFile } from "./index-file.ts";
import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";

/** After so many removals index.json is looked at again. */
const REMOVALS_PER_LOOK = 64;
/** Each change of index.json by another program starts the sweep anew; after so many it is left to the next run. */
const MAX_MARKINGS = 5;

/** A program that is at work on a layout touches a file at least this often. */
const WRITER_SILENCE_MS = 60_000;

export interface SweepOptions {
  readonly nowMs: number;
  /** A blob younger than this stays: another writer may be about to name it. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  /** Platforms that an index lists and that are not there never were: they need nothing. Elsewhere they may have been lost. */
  readonly mayLackPlatforms?: boolean;
  /** Blobs below an entry that it does not need here. */
  readonly leftBy?: (entry: IndexEntry) => ReadonlySet<Digest>;
  /** Told of each blob that went, as it was. */
  readonly onRemoved?: ((file: BlobFile) => void) | undefined;
}

/**
 * Deletes the blobs that nothing reaches from index.json and that are older than the grace period; answers those that
 * went. Refuses when a manifest cannot be read, because any blob could be one that it needs, and while another program is
 * at work: it may write an older index.json back. Only under the write lock.
 */
export async function sweepBlobs(root: string, options: SweepOptions): Promise<readonly Digest[]> {
  const { nowMs, graceMs, signal, onRemoved } = options;
  const graceStartMs = nowMs - graceMs;
  const removed: Digest[] = [];
  for (let marking = 0; marking < MAX_MARKINGS; marking += 1) {
    const index = await readIndexFile(root);
    const reached = await markReached(root, index, graceStartMs, options);
    const writing = await findUnfinishedWrite(
      root,
      reached,
      nowMs - Math.min(graceMs, WRITER_SILENCE_MS),
    );
    if (writing !== undefined) throw writerError(writing);
    const unreached = await listUnreached(root, reached);
    const removals = { graceStartMs, removed, signal, onRemoved };
    if (await removeWhileUnchanged(root, index, unreached, removals)) break;
  }
  return removed;
}

function writerError(file: string): LayoutError {
  return new LayoutError("busy", {
    file,
    detail:
      "another program has just written it and nothing names it yet, so that no blob was deleted",
    hint: "The next apply frees the space.",
  });
}

type MarkOptions = Pick<SweepOptions, "signal" | "mayLackPlatforms" | "leftBy">;

/** What index.json reaches, and what a manifest reaches that was written after `graceStartMs`. */
async function markReached(
  root: string,
  index: IndexFile,
  graceStartMs: number,
  { signal, mayLackPlatforms = false, leftBy }: MarkOptions,
): Promise<ReadonlyMap<Digest, unknown>> {
  const descriptors = index.entries.map(({ descriptor }) => descriptor);
  const content = await walkContent(root, descriptors, graceStartMs, { signal });
  const listed = new Set(descriptors.map(({ digest }) => digest));
  const neverWas = (digest: Digest): boolean =>
    mayLackPlatforms && !listed.has(digest) && !hasBlob(root, digest);
  const [unknown] = [...content.unknown].flatMap(([digest, why]) => (neverWas(digest) ? [] : why));
  if (unknown !== undefined) {
    throw new LayoutError("unknown-content", {
      file: root,
      detail: `${unknown}; no blob was deleted, because any could be one that it needs`,
      hint: "Copy the image here again, or remove its entry from index.json; then the next apply frees the space.",
    });
  }
  if (leftBy === undefined) return reachableFrom(content, [...descriptors, ...content.arriving]);
  return reachedWithout(content, index.entries, leftBy);
}

/** What any entry needs here: a blob that one of them has left elsewhere may be another's own. */
function reachedWithout(
  content: Content,
  entries: readonly IndexEntry[],
  leftBy: (entry: IndexEntry) => ReadonlySet<Digest>,
): ReadonlyMap<Digest, unknown> {
  const whole: Descriptor[] = [...content.arriving];
  const needed = new Map<Digest, unknown>();
  for (const entry of entries) {
    const left = leftBy(entry);
    if (left.size === 0) whole.push(entry.descriptor);
    else
      for (const [digest, descriptor] of reachableFrom(content, [entry.descriptor]))
        if (!left.has(digest)) needed.set(digest, descriptor);
  }
  return new Map([...needed, ...reachableFrom(content, whole)]);
}

async function listUnreached(
  root: string,
  reached: ReadonlyMap<Digest, unknown>,
): Promise<readonly Digest[]> {
  const unreached: Digest[] = [];
  for await (const digest of listBlobs(root)) if (!reached.has(digest)) unreached.push(digest);
  return unreached;
}

interface BlobRemovals {
  readonly graceStartMs: number;
  readonly removed: Digest[];
  readonly signal: AbortSignal;
  readonly onRemoved: SweepOptions["onRemoved"];
}

/** False when index.json changed on the way: what is unreached may have been named. */
async function removeWhileUnchanged(
  root: string,
  index: IndexFile,
  unreached: readonly Digest[],
  { graceStartMs, removed, signal, onRemoved }: BlobRemovals,
): Promise<boolean> {
  for (let start = 0; start < unreached.length; start += REMOVALS_PER_LOOK) {
    if ((await readIndexText(root)) !== index.text) return false;
    await inParallel(unreached.slice(start, start + REMOVALS_PER_LOOK), signal, async (digest) => {
      const file = await findBlob(root, digest);
      if (file === undefined || file.modifiedAtMs > graceStartMs) return;
      if (!(await unlinkBlob(root, digest))) return;
      removed.push(digest);
      onRemoved?.(file);
    });
  }
  return true;
}

/** In both forms, where an encrypted one was left beside it. */
async function unlinkBlob(root: string, digest: Digest): Promise<boolean> {
  const wasEncrypted = findEncrypted(root, digest) !== undefined;
  if (wasEncrypted) await removeEncrypted(root, digest);
  return (await unlinkFile(blobPath(root, digest))) || wasEncrypted;
}

async function unlinkFile(path: string): Promise<boolean> {
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
  const index = await readIndexFile(root);
  const unreached = await listUnreached(
    root,
    await markReached(root, index, Number.POSITIVE_INFINITY, { signal }),
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
