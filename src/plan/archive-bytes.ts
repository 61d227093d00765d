import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { Action } from "./plan.ts";

/** A smaller layer goes into the bin even where a registry has it: an image should not depend on one for so little. */
const WORTH_LEAVING_BYTES = 1_000_000;

/** What one image takes in the bin. */
export interface ArchivedBytes {
  /** The most that it adds, after those before it. */
  readonly bytes: number;
  /** Names by digest of the images in registries that layers of it are left to; empty where all of it is put by. */
  readonly layersFrom: readonly string[];
}

/** What is known of content besides the inventory, by keys of `Inventory.blobs`. */
export interface ContentElsewhere {
  readonly inBin: ReadonlySet<string>;
  /** Names by digest of images in registries that have it. */
  readonly inRegistry: ReadonlyMap<string, string>;
  /** Whether what registries have of an image may be left to them. */
  readonly mayLeave: (action: Action) => boolean;
}

/**
 * What each image takes in the bin: content that the bin has already, or that an earlier image brings along, costs nothing,
 * nor does what is left to a registry. By image ID.
 */
export function archiveBytes(
  actions: readonly Action[],
  inventory: Inventory,
  { inBin, inRegistry, mayLeave }: ContentElsewhere,
): ReadonlyMap<string, ArchivedBytes> {
  const archived = new Map(
    actions.flatMap((action) =>
      action.kind === "delete-image" && action.recovery.way === "archive"
        ? [[action.subject, action]]
        : [],
    ),
  );
  const added = new Map<string, ArchivedBytes>();
  if (archived.size === 0) return added;
  const blobsOf = new Map<string, readonly string[]>();
  for (const { id, blobs } of inventory.images) if (archived.has(id)) blobsOf.set(id, blobs);
  const there = new Set(inBin);
  const isStored = storedBlobs(inventory);
  for (const [id, action] of archived) {
    let bytes = 0;
    const layersFrom = new Set<string>();
    const leaves = mayLeave(action);
    for (const blob of blobsOf.get(id) ?? []) {
      if (there.has(blob) || !isStored(blob)) continue;
      const elsewhere = leaves ? inRegistry.get(blob) : undefined;
      if (elsewhere !== undefined) {
        layersFrom.add(elsewhere);
        continue;
      }
      there.add(blob);
      bytes += inventory.blobs[blob] ?? 0;
    }
    added.set(id, { bytes, layersFrom: [...layersFrom].toSorted() });
  }
  return added;
}

/** What of an image is put by, and is large enough to be left to a registry instead. */
export interface StoredBlob {
  /** Key of `Inventory.blobs`. */
  readonly blob: string;
  /** What it is known by elsewhere: the digest of a layer's tar, or of the blob itself. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly isWorthLeaving: boolean;
}

/** The blobs of an image that a bin stores. `diffIds`: bottom layer first, where the target's own keys are others. */
export function blobsToStore(
  { blobs }: Pick<Image, "blobs">,
  inventory: Pick<Inventory, "engine" | "blobs">,
  diffIds: readonly Digest[] | undefined,
): readonly StoredBlob[] {
  const isStored = storedBlobs(inventory);
  return blobs.flatMap((blob, position) => {
    const digest = diffIds === undefined ? blob : diffIds[position];
    if (digest === undefined || !isStored(blob)) return [];
    const sizeBytes = inventory.blobs[blob] ?? 0;
    return { blob, digest, sizeBytes, isWorthLeaving: sizeBytes >= WORTH_LEAVING_BYTES };
  });
}

/** On the containerd store a layer is there twice, packed and unpacked; only the packed one is put by. */
export function storedBlobs({ engine }: Pick<Inventory, "engine">): (blob: Digest) => boolean {
  return engine?.imageStore === "containerd" ? (blob) => !blob.startsWith("snapshot:") : () => true;
}

/**
 * What the bin is likely to grow by, where its layers come uncompressed: file trees of images compress to half and less.
 * What comes packed is kept as it is.
 */
export function likelyArchiveBytes(
  atMostBytes: number,
  { engine }: Pick<Inventory, "engine">,
): number {
  return engine?.imageStore === "graphdriver" ? Math.ceil(atMostBytes / 2) : atMostBytes;
}
