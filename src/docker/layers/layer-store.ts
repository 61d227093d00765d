import type { FactsBook } from "../facts-book.ts";
import { belongsTo, type LayerStore } from "./layer-graphdriver.ts";
import { openPodmanRoot } from "./layer-podman-root.ts";
import { openLayerRoot } from "./layer-root.ts";
import { lookAtImages } from "../read-image-facts.ts";
import type { ListedImage } from "../read-image-list.ts";
import type { ImageReading } from "../read-images.ts";

/** So many images show whose data root it is. */
const WITNESSES = 5;

/** Layers on this machine's disk where the engine says its own are; undefined where they cannot be read. */
export async function openLayerStore({ traits }: ImageReading): Promise<LayerStore | undefined> {
  if (!traits.isLocal) return undefined;
  const { product, rootDir, engineId } = traits.engine;
  return product === "podman"
    ? openPodmanRoot(rootDir, traits.driver)
    : openLayerRoot(rootDir, traits.driver, engineId);
}

/** True when the store is seen to be this engine's. */
export async function isOwnStore(
  { client, signal }: ImageReading,
  store: LayerStore,
  book: FactsBook,
  listed: readonly ListedImage[],
): Promise<boolean> {
  const witnesses = listed.slice(0, WITNESSES);
  const stackOf = ({ id }: ListedImage) =>
    book.images.get(id)?.chainIds ?? store.readImage(id)?.chainIds;
  const unknown = witnesses.filter((image) => stackOf(image) === undefined);
  await lookAtImages({ client, signal, imageStore: "graphdriver" }, book, unknown, () => undefined);
  const layered = witnesses.flatMap((image) => {
    const chainIds = stackOf(image);
    return chainIds === undefined ? [] : [{ ...image, chainIds }];
  });
  return belongsTo(store, layered);
}
