import { addBytes, type Bytes, type ContentGraph } from "../inventory/content-graph.ts";
import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { isNameless } from "./fixed-verdict.ts";
import type { Neighbourhood } from "./neighbourhood.ts";

/** What the removal of some images would do, were nothing else removed with them. */
export interface RemovalEffect {
  /** These, and what is there for them alone: unnamed build steps, manifests of an index, attachments. */
  goesWith(ids: Iterable<Digest>): ReadonlySet<Digest>;
  /** Freed by removing all that `goesWith` answers. Of one image: its exclusive bytes. */
  freedBy(ids: Iterable<Digest>): Bytes;
  /** Of the image's own content, what would stay. */
  sharedOf(id: Digest): Bytes;
}

/** Each question is linear in the edges of the images that go. */
export function createRemovalEffect(graph: ContentGraph, facts: Neighbourhood): RemovalEffect {
  const set = graph.removals();
  const positionsOf = (ids: Iterable<Digest>): readonly number[] =>
    [...ids].flatMap((id) => graph.positionOf(id) ?? []);
  const goesWith = (ids: Iterable<Digest>): ReadonlySet<Digest> => {
    const gone = new Set(ids);
    // A set is walked in insertion order, what is added on the way included.
    for (const id of gone) {
      for (const held of facts.holds.get(id) ?? []) {
        const image = facts.byId.get(held);
        const holders = facts.heldBy.get(held) ?? [];
        if (image && isRemovable(image, facts) && holders.every((holder) => gone.has(holder)))
          gone.add(held);
      }
    }
    return gone;
  };
  return {
    goesWith,
    freedBy(ids) {
      const all = positionsOf(goesWith(ids));
      for (const position of all) set.add(position);
      const { freed } = set;
      for (const position of all) set.takeBack(position);
      return freed;
    },
    sharedOf(id) {
      const others = new Set(goesWith([id]));
      others.delete(id);
      const before = positionsOf(others);
      const self = positionsOf([id]);
      for (const position of before) set.add(position);
      // Added last, it frees all of its own content that goes: nothing of that can go before it.
      const own = self
        .map((position) => set.add(position))
        .reduce(addBytes, { bytes: 0, diskBytes: 0 });
      for (const position of [...before, ...self]) set.takeBack(position);
      return lessBytes(addBytes(graph.exclusive(id), graph.shared(id)), own);
    },
  };
}

function lessBytes(whole: Bytes, part: Bytes): Bytes {
  const bytes = whole.bytes - part.bytes;
  if (whole.diskBytes === undefined || part.diskBytes === undefined) return { bytes };
  return { bytes, diskBytes: whole.diskBytes - part.diskBytes };
}

function isRemovable(image: Image, facts: Neighbourhood): boolean {
  return (
    isNameless(image, facts.targetKind) &&
    image.unreadable === undefined &&
    !facts.uses.has(image.id)
  );
}

/** True for what is only a part of other images: listed by an engine when it is asked for all, never by itself. */
export function isIntermediate(image: Image, facts: Neighbourhood): boolean {
  return isNameless(image, facts.targetKind) && facts.heldBy.has(image.id);
}
