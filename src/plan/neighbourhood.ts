import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { Held } from "./foreign-use.ts";
import { imageFacts, NOTHING_WITHHELD, type ImageFacts } from "./image-facts.ts";

/** `ImageFacts` by ID, for questions about single images. */
export interface Neighbourhood extends Pick<ImageFacts, "images" | "uses" | "isDangling"> {
  readonly targetKind: Inventory["target"]["kind"];
  readonly byId: ReadonlyMap<Digest, Image>;
  readonly holds: ReadonlyMap<Digest, readonly Digest[]>;
  readonly heldBy: ReadonlyMap<Digest, readonly Digest[]>;
  /** What hosts that were asked hold of a registry's images. */
  readonly usedElsewhere: ReadonlyMap<Digest, readonly Held[]>;
  /** Why any image may be in use besides: a host did not answer. */
  readonly useUnknown: string | undefined;
}

export function neighbourhood(inventory: Inventory, foreignUse?: ForeignUse): Neighbourhood {
  const facts = imageFacts(inventory, new Set(), NOTHING_WITHHELD, foreignUse);
  const { images, uses, isDangling, holds, heldBy } = facts;
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
    useUnknown: facts.usedElsewhere.unknown,
    usedElsewhere: new Map(
      [...facts.usedElsewhere.at].map(([position, held]) => [idAt(position), held]),
    ),
  };
}
