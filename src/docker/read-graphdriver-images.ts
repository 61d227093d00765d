import type { Accuracy } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { FactsBook } from "./facts-book.ts";
import { combineAccuracy } from "./layer-accuracy.ts";
import { checkAgainstTotal, sizesFromHistory } from "./layer-api-sizes.ts";
import { createDiskMeasurer } from "./layer-disk-blocks.ts";
import {
  enterSizes,
  measureAhead,
  measureLayers,
  type ImageLayers,
  type LayerStore,
} from "./layer-graphdriver.ts";
import { isOwnStore, openLayerStore } from "./layer-store.ts";
import { readHoldings } from "./read-graphdriver-holdings.ts";
import { lookAtImages, seenAs, unknownImages } from "./read-image-facts.ts";
import type { ListedImage } from "./read-image-list.ts";
import { awaitedLater } from "./read-list-ahead.ts";
import { refreshTagTimes } from "./refresh-tag-times.ts";
import { toImage } from "./read-image.ts";
import type { ImageReading, ImagesRead } from "./read-images.ts";

/** Disk blocks that take longer to count are counted by later commands. */
const MEASURE_LIMIT_MS = 5_000;

const PODMAN_SIZES: Accuracy = {
  kind: "at-least",
  detail:
    "Podman counts a layer as the tar archive of its files, and an image's own documents not at all",
};

/** Images of an engine with a graphdriver: blobs are layers by chain ID. */
export async function readGraphdriverImages(reading: ImageReading): Promise<ImagesRead> {
  const { client, cache, signal, traits, onProgress } = reading;
  const list = awaitedLater(reading.list());
  const book = new FactsBook(cache, traits.scope);
  const found = await openLayerStore(reading);
  const measureNow = createDiskMeasurer(MEASURE_LIMIT_MS);
  const isFirstTime = book.images.size === 0;
  const measure = found && isFirstTime ? measureAhead(found, measureNow) : measureNow;
  const listed = await list;
  const store = found && (await isOwnStore(reading, found, book, listed)) ? found : undefined;
  void reading.buildCache(store?.rootDir);
  if (store !== undefined) {
    enterStoredImages(store, book, listed);
    refreshTagTimes(store, book, listed);
  }
  const { gone, unreadable } = await lookAtImages(
    { client, signal, imageStore: "graphdriver" },
    book,
    unknownImages(book, listed),
    (done, total) => onProgress("looking at images", done, total),
  );
  const present = listed.filter((image) => !gone.has(image.id));
  const layered = layersOf(book, present);
  const chainIds = new Set(layered.flatMap((image) => image.chainIds));
  await settleSizes(reading, layered, book, chainIds, store);
  if (store !== undefined) {
    await measureLayers(store, book, chainIds, measure);
  }
  book.save(new Set(present.map((image) => image.id)), chainIds);

  const holdings = await readHoldings(reading, { layered, book, store });
  const usedAt = await reading.usedAt;
  const images = present.map((image) => {
    const reason = unreadable.get(image.id);
    const facts = reason === undefined ? book.images.get(image.id) : undefined;
    const lastUsedAt = usedAt.get(image.id);
    return toImage(image, facts, {
      blobs: facts?.chainIds ?? [],
      platforms: facts?.platforms ?? [],
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      ...(reason === undefined ? {} : { unreadable: `its details could not be read: ${reason}` }),
    });
  });
  const unseen = `${unreadable.size} images could not be looked at, which may share layers`;
  return {
    images,
    ...bytesOf(book, chainIds),
    heldBlobs: holdings.heldBlobs,
    accuracy: combineAccuracy(
      ...doubtsOf(book, chainIds),
      ...(unreadable.size === 0 ? [] : [{ kind: "up-to", detail: unseen } as const]),
      ...holdings.doubts,
      ...(traits.engine.product === "podman" ? [PODMAN_SIZES] : []),
    ),
    buildCache: holdings.buildCache,
    rootIsOurs: store !== undefined,
  };
}

function enterStoredImages(
  store: LayerStore,
  book: FactsBook,
  listed: readonly ListedImage[],
): void {
  for (const image of unknownImages(book, listed)) {
    const facts = store.readImage(image.id);
    if (facts !== undefined) book.setImage(image.id, { ...facts, seenAs: seenAs(image) });
  }
}

function layersOf(book: FactsBook, images: readonly ListedImage[]): readonly ImageLayers[] {
  return images.flatMap(({ id, sizeBytes }) => {
    const chainIds = book.images.get(id)?.chainIds;
    return chainIds === undefined ? [] : [{ id, chainIds, sizeBytes }];
  });
}

/** Finds the sizes of layers that are not in the book: on disk, else by the histories of the images. */
async function settleSizes(
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

function bytesOf(
  book: FactsBook,
  chainIds: ReadonlySet<Digest>,
): Pick<ImagesRead, "blobs" | "diskBytes"> {
  const blobs: Record<Digest, number> = {};
  const diskBytes: Record<Digest, number> = {};
  let measured = 0;
  for (const chainId of chainIds) {
    const facts = book.blobs.get(chainId);
    blobs[chainId] = facts?.sizeBytes ?? 0;
    if (facts?.diskBytes === undefined) continue;
    diskBytes[chainId] = facts.diskBytes;
    measured += 1;
  }
  return measured > 0 ? { blobs, diskBytes } : { blobs };
}

function* doubtsOf(book: FactsBook, chainIds: ReadonlySet<Digest>): Generator<Accuracy> {
  for (const chainId of chainIds) {
    const doubt = book.blobs.get(chainId)?.doubt;
    if (doubt !== undefined) yield doubt;
  }
}
