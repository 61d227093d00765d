import type { FactsBook } from "./facts-book.ts";
import { belongsTo, type LayerStore } from "./layer-graphdriver.ts";
import { openPodmanRoot } from "./layer-podman-root.ts";
import { openLayerRoot } from "./layer-root.ts";
import { lookAtImages } from "./read-image-facts.ts";
import type { ListedImage } from "./read-image-list.ts";
import type { ImageReading } from "./read-images.ts";

/** So many images show whose data root it is. */
const WITNESSES = 5;

/** The engine's layers on this machine's disk; undefined where they cannot be read, or are not seen to be this engine's. */
export async function findLayerStore(
  { traits, client, signal }: ImageReading,
  book: FactsBook,
  listed: readonly ListedImage[],
): Promise<LayerStore | undefined> {
  if (!traits.isLocal) return undefined;
  const { product, rootDir, engineId } = traits.engine;
  const store =
    product === "podman"
      ? await openPodmanRoot(rootDir, traits.driver)
      : await openLayerRoot(rootDir, traits.driver, engineId);
  if (store === undefined) return undefined;
  const witnesses = listed.slice(0, WITNESSES);
  const stackOf = ({ id }: ListedImage) =>
    book.images.get(id)?.chainIds ?? store.readImage(id)?.chainIds;
  await lookAtImages(
    { client, signal, imageStore: "graphdriver" },
    book,
    witnesses.filter((image) => stackOf(image) === undefined),
    () => undefined,
  );
  const layered = witnesses.flatMap((image) => {
    const chainIds = stackOf(image);
    return chainIds === undefined ? [] : [{ ...image, chainIds }];
  });
  return belongsTo(store, layered) ? store : undefined;
}
