import type { FactsBook } from "./facts-book.ts";
import type { LayerStore } from "./layers/layer-graphdriver.ts";
import type { ListedImage } from "./read-image-list.ts";
import { latest } from "./read-time.ts";

/**
 * Enters when images were last given a name, where the disk tells: the engine notes it also for the same name given once
 * more (a build that made nothing new), which no list shows. Without it such an image would seem older than it is.
 */
export function refreshTagTimes(
  store: Pick<LayerStore, "taggedAt">,
  book: FactsBook,
  images: readonly Pick<ListedImage, "id">[],
): void {
  for (const { id } of images) {
    const facts = book.images.get(id);
    if (facts === undefined) continue;
    const taggedAt = latest(facts.taggedAt, store.taggedAt(id));
    if (taggedAt !== undefined && taggedAt !== facts.taggedAt)
      book.setImage(id, { ...facts, taggedAt });
  }
}
