import type { Image } from "./image.ts";
import type { Inventory } from "./inventory.ts";

/**
 * What the engine's own filter calls dangling: no name and no image built on it. A graphdriver of Docker counts an image
 * that was pulled by digest alone (it has no tag); the containerd store and Podman do not (its digest is a name). Measured
 * on Docker 20.10, 26.1 and 28.5, and on Podman 5.8. On registries and layouts: no tag.
 */
export function isDangling(image: Image, inventory: Inventory, hasChildren: boolean): boolean {
  if (image.references.length > 0 || hasChildren) return false;
  return image.repoDigests.length === 0 || !namesByDigest(inventory);
}

/** True where a name by digest is a name like any other. */
function namesByDigest({ engine }: Inventory): boolean {
  return engine?.imageStore === "containerd" || engine?.product === "podman";
}

/** IDs of the images that another image of the inventory was built on. */
export function builtUpon(inventory: Inventory): ReadonlySet<string> {
  const parents = new Set<string>();
  for (const image of inventory.images) if (image.parent !== undefined) parents.add(image.parent);
  return parents;
}
