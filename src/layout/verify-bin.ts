import type { Digest } from "../oci/digest.ts";
import type { BinDamage, VerifyProgress } from "../ports/recovery-bin.ts";
import type { BinKeys } from "./bin-keys.ts";
import { findBlob } from "./blob-files.ts";
import { listBlobs } from "./list-blobs.ts";
import { inParallel } from "./in-parallel.ts";
import { verifyBlobs } from "./verify-blobs.ts";

/** What one entry stands on, as its documents say, or said when they could still be read. */
export interface BinNeeds {
  readonly key: string;
  readonly root: Digest;
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Why the documents could not be followed to their end. */
  readonly damage?: string;
}

interface VerifyOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: VerifyProgress) => void;
  readonly keys: BinKeys;
}

/** Reads everything in a bin again; blobs that entries need and that are gone are damage too. */
export async function verifyBin(
  root: string,
  entries: readonly BinNeeds[],
  { signal, onProgress, keys }: VerifyOptions,
): Promise<readonly BinDamage[]> {
  const sizes = await sizesOfBlobs(root, signal);
  const totalBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  let doneBytes = 0;
  const wrong = new Map(
    await verifyBlobs(
      root,
      signal,
      (bytes) => {
        doneBytes += bytes;
        onProgress({ doneBytes, totalBytes });
      },
      keys,
    ),
  );
  const needs = new Map<Digest, string[]>();
  for (const { key, root: top, sizes: needed, damage } of entries) {
    for (const digest of needed.keys()) {
      needs.set(digest, [...(needs.get(digest) ?? []), key]);
      if (!wrong.has(digest) && !sizes.has(digest)) wrong.set(digest, "it is missing");
    }
    const isTold = [...needed.keys()].some((digest) => wrong.has(digest));
    if (damage === undefined || isTold) continue;
    wrong.set(top, damage);
    needs.set(top, [...new Set([...(needs.get(top) ?? []), key])]);
  }
  return [...wrong]
    .map(([digest, detail]) => ({ digest, detail, keys: needs.get(digest) ?? [] }))
    .toSorted((a, b) => (a.digest < b.digest ? -1 : 1));
}

async function sizesOfBlobs(
  root: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, number>> {
  const sizes = new Map<Digest, number>();
  await inParallel(listBlobs(root), signal, async (digest) => {
    const file = await findBlob(root, digest);
    if (file !== undefined) sizes.set(digest, file.sizeBytes);
  });
  return sizes;
}
