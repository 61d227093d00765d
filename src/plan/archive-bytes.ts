import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { Action } from "./plan.ts";

/**
 * The most that each image adds to the bin, after those before it: content that the bin has already, or that an earlier image
 * brings along, costs nothing. By image ID. `inBin`: keys of `Inventory.blobs`.
 */
export function archiveBytes(
  actions: readonly Action[],
  inventory: Inventory,
  inBin: ReadonlySet<string>,
): ReadonlyMap<string, number> {
  const archived = new Set(
    actions.flatMap(({ recovery: { way }, subject }) => (way === "archive" ? [subject] : [])),
  );
  const added = new Map<string, number>();
  if (archived.size === 0) return added;
  const blobsOf = new Map<string, readonly string[]>();
  for (const { id, blobs } of inventory.images) if (archived.has(id)) blobsOf.set(id, blobs);
  const there = new Set(inBin);
  const isStored = storedBlobs(inventory);
  for (const id of archived) {
    let bytes = 0;
    for (const blob of blobsOf.get(id) ?? []) {
      if (there.has(blob) || !isStored(blob)) continue;
      there.add(blob);
      bytes += inventory.blobs[blob] ?? 0;
    }
    added.set(id, bytes);
  }
  return added;
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
