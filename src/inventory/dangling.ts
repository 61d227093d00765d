import type { Image } from "./image.ts";
import type { Inventory } from "./inventory.ts";

/**
 * What Docker's own filter calls dangling on that engine: no name and no image built on it. A graphdriver counts an image
 * that was pulled by digest alone (it has no tag); the containerd store does not (its digest is a name). Measured on
 * 20.10, 26.1 and 28.5. On registries and layouts: no tag.
 */
export function isDangling(image: Image, inventory: Inventory, hasChildren: boolean): boolean {
  if (image.references.length > 0 || hasChildren) return false;
  return inventory.engine?.imageStore !== "containerd" || image.repoDigests.length === 0;
}

/** IDs of the images that another image of the inventory was built on. */
export function builtUpon(inventory: Inventory): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const image of inventory.images) if (image.parent !== undefined) parents.add(image.parent);
  return parents;
}
