import type { Digest } from "../oci/digest.ts";
import type { Bytes } from "./content-graph.ts";
import { isStopped } from "./image-use.ts";
import type { Inventory } from "./inventory.ts";

/** How many of a kind there are, what they take, and how many of them something needs. */
export interface KindUsage {
  readonly count: number;
  readonly inUse: number;
  /** Images: each blob once. Others: the sum of the sizes that are known. */
  readonly size: Bytes;
  /** Things whose size the target does not tell; their bytes are missing from `size`. */
  readonly unknownSizes: number;
  /**
   * What those take that nothing needs and that hold nobody's work: volumes with a name are not among them. Absent where it
   * is not known what is needed, and for images: those are a plan's business.
   */
  readonly idleBytes?: number;
}

export interface StorageUsage {
  readonly images: KindUsage;
  readonly containers: KindUsage;
  readonly volumes: KindUsage;
  readonly buildCache: KindUsage;
}

/** Adds up an inventory by kind. `uses` has the images that something needs. */
export function summariseStorage(
  inventory: Inventory,
  uses: ReadonlyMap<Digest, unknown>,
): StorageUsage {
  const mounted = new Set(inventory.containers.flatMap((container) => container.volumes));
  const { images, containers, volumes, buildCache, unread } = inventory;
  const volumeUsage = sumSizes(volumes, {
    isNeeded: ({ name }) => mounted.has(name),
    isKept: ({ anonymous }) => !anonymous,
    sizeOf: ({ sizeBytes }) => sizeBytes,
  });
  return {
    images: {
      count: images.length,
      inUse: images.reduce((count, image) => count + (uses.has(image.id) ? 1 : 0), 0),
      size: sizeOfBlobs(inventory, images),
      unknownSizes: 0,
    },
    containers: sumSizes(containers, {
      isNeeded: (container) => !isStopped(container),
      sizeOf: ({ sizeBytes }) => sizeBytes,
    }),
    volumes: unread.includes("containers") ? withoutIdle(volumeUsage) : volumeUsage,
    // A shared record's bytes are counted with the image or record that it shares them with.
    buildCache: sumSizes(buildCache, {
      isNeeded: ({ inUse }) => inUse,
      sizeOf: ({ shared, sizeBytes }) => (shared ? 0 : sizeBytes),
    }),
  };
}

function withoutIdle({ count, inUse, size, unknownSizes }: KindUsage): KindUsage {
  return { count, inUse, size, unknownSizes };
}

/** Bytes of all that these stand on, each blob once; disk bytes only where each of them was measured. */
export function sizeOfBlobs(
  inventory: Inventory,
  owners: Iterable<{ readonly blobs: readonly string[] }>,
): Bytes {
  const seen = new Set<string>();
  let bytes = 0;
  let diskBytes: number | undefined = inventory.diskBytes === undefined ? undefined : 0;
  for (const owner of owners) {
    for (const key of owner.blobs) {
      if (seen.has(key)) continue;
      seen.add(key);
      bytes += inventory.blobs[key] ?? 0;
      const measured = inventory.diskBytes?.[key];
      diskBytes =
        diskBytes === undefined || measured === undefined ? undefined : diskBytes + measured;
    }
  }
  return diskBytes === undefined ? { bytes } : { bytes, diskBytes };
}

interface Measure<T> {
  readonly isNeeded: (one: T) => boolean;
  /** Not idle although nothing needs it now. */
  readonly isKept?: (one: T) => boolean;
  readonly sizeOf: (one: T) => number | undefined;
}

function sumSizes<T>(all: readonly T[], { isNeeded, isKept, sizeOf }: Measure<T>): KindUsage {
  let inUse = 0;
  let bytes = 0;
  let idleBytes = 0;
  let unknownSizes = 0;
  for (const one of all) {
    const needed = isNeeded(one);
    if (needed) inUse += 1;
    const size = sizeOf(one);
    if (size === undefined) unknownSizes += 1;
    bytes += size ?? 0;
    if (!needed && isKept?.(one) !== true) idleBytes += size ?? 0;
  }
  return { count: all.length, inUse, size: { bytes }, unknownSizes, idleBytes };
}
