import { builtUpon, isDangling } from "../inventory/dangling.ts";
import type { Image } from "../inventory/image.ts";
import type { ForeignUse } from "../inventory/foreign-use.ts";
import { imageUse, type Use } from "../inventory/image-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { TextSieve } from "../inventory/text-sieve.ts";
import type { Digest } from "../oci/digest.ts";
import { usedElsewhere, type UsedElsewhere } from "./foreign-use.ts";
import { orderById, type IdOrder } from "./id-order.ts";
import { partsOfUnread } from "./unread-holders.ts";

/**
 * The inventory's images, with what deciding needs to know of their neighbours. Images are named by their position in
 * `images`: decisions about a million of them are arrays, not maps, and going through them in the order in which they lie
 * in memory is several times as fast as in the order of their IDs. Wherever order can show, it is that of `idOrder`: the
 * order of the input changes nothing.
 */
export interface ImageFacts {
  /** As the inventory has them. */
  readonly images: readonly Image[];
  readonly idOrder: IdOrder;
  /** Containers that this plan removes do not count. */
  readonly uses: ReadonlyMap<Digest, readonly Use[]>;
  /** The same by position. */
  readonly usesAt: ReadonlyMap<number, readonly Use[]>;
  readonly isDangling: (image: Image) => boolean;
  /** What must stay as long as this image stays: its parent, the manifests of an index, its referrers. By position. */
  readonly holds: ReadonlyMap<number, readonly number[]>;
  /** The reverse of `holds`. */
  readonly heldBy: ReadonlyMap<number, readonly number[]>;
  /** What may belong to an image that could not be read, and why. By position. */
  readonly mayBePart: ReadonlyMap<number, string>;
  /** What must not go, because it could not come back, and why. By ID. */
  readonly withheld: Withheld;
  /** What other hosts hold or use; registries only. */
  readonly usedElsewhere: UsedElsewhere;
}

/** Why images stay that rules let go: nothing could bring them back. By ID. */
export type Withheld = ReadonlyMap<string, string>;

export const NOTHING_WITHHELD: Withheld = new Map();

export function imageFacts(
  inventory: Inventory,
  removedContainers: ReadonlySet<string>,
  withheld: Withheld = NOTHING_WITHHELD,
  foreignUse?: ForeignUse,
): ImageFacts {
  const { images } = inventory;
  const containers = inventory.containers.filter(({ id }) => !removedContainers.has(id));
  const upon = builtUpon(inventory);
  const idOrder = orderById(images);
  const uses = imageUse({ ...inventory, containers });
  return {
    images,
    idOrder,
    uses,
    usesAt: byPosition(images, uses),
    isDangling: (image) =>
      image.references.length === 0 &&
      isDangling(image, inventory, upon.size > 0 && upon.has(image.id)),
    ...linkNeighbours(images, idOrder),
    mayBePart: partsOfUnread(inventory),
    withheld,
    usedElsewhere: usedElsewhere(inventory, foreignUse),
  };
}

function byPosition(
  images: readonly Image[],
  uses: ReadonlyMap<Digest, readonly Use[]>,
): ReadonlyMap<number, readonly Use[]> {
  const at = new Map<number, readonly Use[]>();
  if (uses.size === 0) return at;
  const sieve = new TextSieve(uses);
  images.forEach(({ id }, position) => {
    const found = sieve.mayHave(id) ? uses.get(id) : undefined;
    if (found !== undefined) at.set(position, found);
  });
  return at;
}

/** Edges between images that are both there, by position; keys and lists in the order of IDs. */
export function linkNeighbours(
  images: readonly Image[],
  { places }: IdOrder,
): Pick<ImageFacts, "holds" | "heldBy"> {
  const edges: Edge[] = [];
  let positions: ReadonlyMap<Digest, number> | undefined;
  const link = (holder: Digest, held: Digest): void => {
    positions ??= new Map(images.map(({ id }, position) => [id, position]));
    const from = positions.get(holder);
    const to = positions.get(held);
    if (from !== undefined && to !== undefined && from !== to) edges.push({ from, to });
  };
  for (const image of images) {
    if (image.parent !== undefined) link(image.id, image.parent);
    if (image.subject !== undefined) link(image.subject, image.id);
    for (const child of image.children ?? []) link(image.id, child);
  }
  const place = (position: number): number => places[position] ?? 0;
  edges.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  const reversed = edges.map(({ from, to }) => ({ from: to, to: from }));
  reversed.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
  return { holds: listEdges(edges), heldBy: listEdges(reversed) };
}

interface Edge {
  readonly from: number;
  readonly to: number;
}

function listEdges(edges: readonly Edge[]): ReadonlyMap<number, readonly number[]> {
  const lists = new Map<number, number[]>();
  for (const { from, to } of edges) {
    const known = lists.get(from);
    if (known) known.push(to);
    else lists.set(from, [to]);
  }
  return lists;
}
