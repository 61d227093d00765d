import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { imageFacts, type ImageFacts } from "./image-facts.ts";

/** `ImageFacts` by ID, for questions about single images. */
export interface Neighbourhood extends Pick<ImageFacts, "images" | "uses" | "isDangling"> {
  readonly targetKind: Inventory["target"]["kind"];
  readonly byId: ReadonlyMap<Digest, Image>;
  readonly holds: ReadonlyMap<Digest, readonly Digest[]>;
  readonly heldBy: ReadonlyMap<Digest, readonly Digest[]>;
}

export function neighbourhood(inventory: Inventory): Neighbourhood {
  const { images, uses, isDangling, holds, heldBy } = imageFacts(inventory, new Set());
  const idAt = (position: number): Digest => images[position]?.id ?? "";
  const byIds = (
    edges: ReadonlyMap<number, readonly number[]>,
  ): ReadonlyMap<Digest, readonly Digest[]> =>
    new Map([...edges].map(([from, to]) => [idAt(from), to.map(idAt)]));
  return {
    targetKind: inventory.target.kind,
    images,
    uses,
    isDangling,
    byId: new Map(images.map((image) => [image.id, image])),
    holds: byIds(holds),
    heldBy: byIds(heldBy),
  };
}
