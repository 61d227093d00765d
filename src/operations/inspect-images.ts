import { createContentGraph, type Bytes } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { neighbourhood } from "../plan/neighbourhood.ts";
import { createRemovalEffect } from "../plan/removal-effect.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import { stateOf, type ImageState } from "./image-state.ts";

/** One image with all that is known of it. */
export interface InspectedImage {
  readonly image: Image;
  readonly state: ImageState;
  readonly uses: readonly Use[];
  /** Freed by removing it alone, and what of its content would stay. */
  readonly exclusive: Bytes;
  readonly shared: Bytes;
  /** The target's own description. */
  readonly raw: unknown;
}

/** Looks at some images more closely, in the order in which they are given. */
export async function inspectImages(
  inventory: Inventory,
  images: readonly Image[],
  details: ImageDetails,
): Promise<readonly InspectedImage[]> {
  const facts = neighbourhood(inventory);
  const effect = createRemovalEffect(createContentGraph(inventory), facts);
  const inspected: InspectedImage[] = [];
  for (const image of images) {
    const uses = facts.uses.get(image.id) ?? [];
    inspected.push({
      image,
      state: stateOf(image, uses, facts),
      uses,
      exclusive: effect.freedBy([image.id]),
      shared: effect.sharedOf(image.id),
      raw: await details.raw(image.id),
    });
  }
  return inspected;
}
