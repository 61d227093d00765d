import type { Bytes } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { sizeOfBlobs } from "../inventory/usage-summary.ts";
import type { Layer } from "../ports/image-details.ts";

/** A layer with what it takes and who else stands on it. */
export interface DescribedLayer {
  readonly layer: Layer;
  readonly size: Bytes;
  /** Other images that stand on any of its blobs. */
  readonly sharedWith: readonly Image[];
  /** What holds it besides images: `build cache`, `container web`. */
  readonly heldBy?: string;
}

/** Looks up the layers of one image in the inventory, bottom first. */
export function describeLayers(
  inventory: Inventory,
  image: Image,
  layers: readonly Layer[],
): readonly DescribedLayer[] {
  const layersOf = new Map<string, number[]>();
  layers.forEach((layer, index) => {
    for (const key of layer.blobs) layersOf.set(key, [...(layersOf.get(key) ?? []), index]);
  });
  const sharers = layers.map(() => new Set<Image>());
  for (const other of inventory.images) {
    if (other.id === image.id) continue;
    for (const key of other.blobs) {
      for (const index of layersOf.get(key) ?? []) sharers[index]?.add(other);
    }
  }
  return layers.map((layer, index) => {
    const heldBy = layer.blobs
      .map((key) => inventory.heldBlobs[key])
      .find((holder) => holder !== undefined);
    return {
      layer,
      size: sizeOfBlobs(inventory, [layer]),
      sharedWith: [...(sharers[index] ?? [])],
      ...(heldBy === undefined ? {} : { heldBy }),
    };
  });
}
