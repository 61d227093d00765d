import type { Image } from "../inventory/image.ts";
import { shortDigest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import { orderById } from "../plan/id-order.ts";
import { linkNeighbours } from "../plan/image-facts.ts";

/**
 * Tells by image ID what stands on an image and has not gone: a plan removes that first, but its removal may have been
 * skipped or have failed, and engines do not all refuse what comes after. A name for people; undefined when nothing does.
 */
export function imageHolders(
  images: readonly Image[],
  hasGone: (imageId: string) => boolean,
): (imageId: string) => string | undefined {
  const { heldBy } = linkNeighbours(images, orderById(images));
  if (heldBy.size === 0) return () => undefined;
  const holdersOf = new Map(
    [...heldBy].map(([position, holders]) => [images[position]?.id, holders]),
  );
  return (imageId) => {
    const staying = (holdersOf.get(imageId) ?? [])
      .flatMap((position) => images[position] ?? [])
      .find(({ id }) => !hasGone(id));
    if (staying === undefined) return undefined;
    const [reference] = staying.references;
    return reference === undefined ? shortDigest(staying.id) : familiarName(reference);
  };
}
