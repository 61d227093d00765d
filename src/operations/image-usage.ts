import type { Bytes } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { sizeOfBlobs } from "../inventory/usage-summary.ts";
import { stateOf, usesElsewhere, type ImageState } from "./image-state.ts";
import { imagesOf, type StorageReport } from "./storage-report.ts";

/** What one image takes. */
export interface ImageUsage {
  readonly image: Image;
  readonly state: ImageState;
  /** Its own content, each blob once. */
  readonly size: Bytes;
  readonly shared: Bytes;
  readonly exclusive: Bytes;
  /** The report's `wide` plan takes it. */
  readonly couldGo: boolean;
}

/** Every image, by exclusive bytes. */
export function imageUsages(
  inventory: Inventory,
  { facts, effect, wide }: StorageReport,
): readonly ImageUsage[] {
  const removable = imagesOf(wide.plan);
  return inventory.images
    .map((image) => ({
      image,
      state: stateOf(
        image,
        [
          ...(facts.uses.get(image.id) ?? []),
          ...usesElsewhere(facts.usedElsewhere.get(image.id) ?? []),
        ],
        facts,
      ),
      size: sizeOfBlobs(inventory, [image]),
      shared: effect.sharedOf(image.id),
      exclusive: effect.freedBy([image.id]),
      couldGo: removable.has(image.id),
    }))
    .toSorted(
      (a, b) => b.exclusive.bytes - a.exclusive.bytes || (a.image.id < b.image.id ? -1 : 1),
    );
}
