import type { Accuracy } from "../../inventory/inventory.ts";
import type { Digest } from "../../oci/digest.ts";
import type { FactsBook } from "../facts-book.ts";
import { combineAccuracy } from "./layer-accuracy.ts";
import { checkAgainstTotal, sizesFromHistory } from "./layer-api-sizes.ts";
import { enterSizes, type ImageLayers, type LayerStore } from "./layer-graphdriver.ts";
import type { ImageReading } from "../read-images.ts";

/** Finds the sizes of layers that are not in the book: on disk, else by the histories of the images. */
export async function settleSizes(
  reading: ImageReading,
  layered: readonly ImageLayers[],
  book: FactsBook,
  chainIds: ReadonlySet<Digest>,
  store: LayerStore | undefined,
): Promise<void> {
  const unknown = [...chainIds].filter(
    (chainId) => book.blobs.get(chainId)?.sizeBytes === undefined,
  );
  if (unknown.length === 0) return;
  if (store !== undefined && (await enterSizes(store, book, unknown))) return;
  const { client, cache, signal, traits, onProgress } = reading;
  const found = await sizesFromHistory(
    { client, cache, scope: traits.scope, signal },
    layered,
    (done, total) => onProgress("reading histories", done, total),
  );
  // Podman's own total counts every tag, or nothing.
  const check: Accuracy =
    traits.engine.product === "podman"
      ? { kind: "exact" }
      : await checkAgainstTotal({ client, signal }, found.sizes);
  const doubt = combineAccuracy(found.accuracy, check);
  for (const chainId of unknown) {
    const sizeBytes = found.sizes.get(chainId) ?? 0;
    book.addToBlob(chainId, doubt.kind === "exact" ? { sizeBytes } : { sizeBytes, doubt });
  }
}
