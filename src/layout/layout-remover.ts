import type { Digest } from "../oci/digest.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageRemover, Removal } from "../ports/image-remover.ts";
import { besideBin } from "./bin-hold.ts";
import { findBlob } from "./blob-files.ts";
import { listBlobs } from "./list-blobs.ts";
import { createEntryRemovals } from "./entry-removals.ts";
import { readEntryName } from "./entry-name.ts";
import { inParallel } from "./in-parallel.ts";
import { createIndexView } from "./index-view.ts";
import { openLayout } from "./index-file.ts";
import { decideDeletion, decideUntag } from "./removal-decisions.ts";
import { sweepBlobs } from "./sweep-blobs.ts";
import { withWriteLock } from "./write-lock.ts";

/** Removals in flight share one rewrite of index.json, so that many at once are cheaper than one after another. */
const CONCURRENCY = 64;

export interface LayoutRemoverOptions {
  readonly directory: string;
  readonly now: Clock;
  /** A blob younger than this is not swept: another writer may be about to name it. */
  readonly graceMs: number;
}

/** Removes entries from index.json; the blobs that nothing reaches any more go with `sweep`. */
export function createLayoutRemover({
  directory,
  now,
  graceMs,
}: LayoutRemoverOptions): ImageRemover {
  let opened: string | undefined;
  const openRoot = async () => (opened ??= await openLayout(directory));
  const removeEntries = createEntryRemovals(openRoot);
  const view = createIndexView(openRoot);
  // A run that is stopped still has to free what it has removed, and to measure it.
  const { signal } = new AbortController();

  return {
    concurrency: CONCURRENCY,
    async currentImage(id) {
      const index = await view();
      const entries = index.entriesOf(id);
      if (entries.length === 0) return undefined;
      const names = entries.flatMap(
        ({ descriptor }) => readEntryName(descriptor.annotations, index.root).reference ?? [],
      );
      return { id, references: [...new Set(names)].toSorted(), usedBy: [] };
    },
    async resolveReference(reference) {
      return (await view()).digestOf(reference);
    },
    currentContainer: async () => undefined,
    currentVolume: async () => undefined,
    currentNetwork: async () => undefined,

    async deleteImage(id, references) {
      const root = await openRoot();
      return removeEntries((entries) => decideDeletion(entries, root, id, references));
    },
    async untag(reference, id) {
      const root = await openRoot();
      return removeEntries((entries) => decideUntag(entries, root, reference, id));
    },
    removeContainer: async () => notInALayout("containers"),
    removeVolume: async () => notInALayout("volumes"),
    removeNetwork: async () => notInALayout("networks"),
    removeCacheRecord: async () => notInALayout("build cache"),

    async stillListed(ids) {
      const index = await view();
      return ids.filter((id) => index.entriesOf(id).length > 0);
    },
    async sweep() {
      const root = await openRoot();
      const options = { nowMs: now(), graceMs, signal };
      return besideBin(root, () => withWriteLock(root, () => sweepBlobs(root, options)));
    },
    async blobsStillThere(keys) {
      const root = await openRoot();
      const present = new Set<Digest>();
      await inParallel(keys, signal, async (key) => {
        if ((await findBlob(root, key)) !== undefined) present.add(key);
      });
      return keys.filter((key) => present.has(key));
    },
    async contentBytes() {
      const root = await openRoot();
      let bytes = 0;
      await inParallel(listBlobs(root), signal, async (digest) => {
        const file = await findBlob(root, digest);
        bytes += file?.sizeBytes ?? 0;
      });
      return bytes;
    },
  };
}

function notInALayout(what: string): Removal {
  return {
    outcome: "refused",
    detail: `an image layout has no ${what}`,
    deletedImages: [],
    deletedBlobs: [],
  };
}
