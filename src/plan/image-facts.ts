import { builtUpon, isDangling } from "../inventory/dangling.ts";
import type { Image } from "../inventory/image.ts";
import { imageUse, type Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";

/** The inventory's images, in a fixed order and with what deciding needs to know of their neighbours. */
export interface ImageFacts {
  /** Sorted by ID: input order changes nothing. */
  readonly images: readonly Image[];
  readonly byId: ReadonlyMap<Digest, Image>;
  /** Containers that this plan removes do not count. */
  readonly uses: ReadonlyMap<Digest, readonly Use[]>;
  readonly isDangling: (image: Image) => boolean;
  /** What must stay as long as this image stays: its parent, the manifests of an index, its referrers. */
  readonly holds: ReadonlyMap<Digest, readonly Digest[]>;
  /** The reverse of `holds`. */
  readonly heldBy: ReadonlyMap<Digest, readonly Digest[]>;
}

export function imageFacts(inventory: Inventory, removedContainers: ReadonlySet<string>): ImageFacts {
  const containers = inventory.containers.filter(({ id }) => !removedContainers.has(id));
  const upon = builtUpon(inventory);
  const images = inventory.images.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const byId = new Map(images.map((image) => [image.id, image]));
  const holds = new Map<Digest, Digest[]>();
  const heldBy = new Map<Digest, Digest[]>();
  const link = (holder: Digest, held: Digest): void => {
    if (holder === held || !byId.has(holder) || !byId.has(held)) return;
    append(holds, holder, held);
    append(heldBy, held, holder);
  };
  for (const image of images) {
    if (image.parent !== undefined) link(image.id, image.parent);
    for (const child of image.children ?? []) link(image.id, child);
    if (image.subject !== undefined) link(image.subject, image.id);
  }
  return {
    images,
    byId,
    uses: imageUse({ ...inventory, containers }),
    isDangling: (image) => isDangling(image, inventory, upon.has(image.id)),
    holds,
    heldBy,
  };
}

function append(map: Map<Digest, Digest[]>, key: Digest, value: Digest): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
