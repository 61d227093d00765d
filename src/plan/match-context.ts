import { createImageLookup } from "../inventory/image-lookup.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { momentOf } from "../policy/image-age.ts";
import type { PolicyLibraries } from "../policy/libraries.ts";
import type { MatchContext } from "../policy/match.ts";

/** What matches are answered by for the images of an inventory. */
export function matchContext(
  inventory: Inventory,
  nowMs: number,
  libraries: PolicyLibraries,
): MatchContext {
  return {
    nowMs,
    targetName: inventory.target.name,
    libraries,
    createdMsOf(text) {
      const [id, ...others] = createImageLookup(inventory, [text])(text);
      const image = others.length > 0 ? undefined : inventory.images.find((each) => each.id === id);
      return image && momentOf(image, "created")?.atMs;
    },
  };
}
