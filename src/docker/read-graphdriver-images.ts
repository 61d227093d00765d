import type { Image } from "../inventory/image.ts";
import type { Accuracy } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { FactsBook } from "./facts-book.ts";
import { combineAccuracy } from "./layers/layer-accuracy.ts";
import { createDiskMeasurer } from "./layers/layer-disk-blocks.ts";
import {
  measureAhead,
  measureLayers,
  type ImageLayers,
  type LayerStore,
} from "./layers/layer-graphdriver.ts";
import { isOwnStore, openLayerStore } from "./layers/layer-store.ts";
import { readHoldings } from "./read-graphdriver-holdings.ts";
import { lookAtImages, seenAs, unknownImages } from "./read-image-facts.ts";
import type { ListedImage } from "./read-image-list.ts";
import { refreshTagTimes } from "./refresh-tag-times.ts";
import type { KnownImages } from "./remembered-images.ts";
import { toImage } from "./read-image.ts";
import type { ImageReading, ImagesRead } from "./read-images.ts";
import { settleSizes } from "./layers/settle-layer-sizes.ts";
import { listStoredImages } from "./stored-image-list.ts";

/** Disk blocks that take longer to count are counted by later commands. */
const MEASURE_LIMIT_MS = 5_000;

const PODMAN_SIZES: Accuracy = {
  kind: "at-least",
  detail:
    "Podman counts a layer as the tar archive of its files, and an image's own documents not at all",
};

/** What was found of the images, when they were used aside. */
interface Found extends Omit<KnownImages, "diskBytes"> {
  readonly diskBytes?: Readonly<Record<string, number>>;
  /** The data root, where it was seen to be the engine's. */
  readonly store: LayerStore | undefined;
  readonly directoryOf: (chainId: Digest) => string | undefined;
  readonly doubts: readonly Accuracy[];
}

/** Images of an engine with a graphdriver: blobs are layers by chain ID. */
export async function readGraphdriverImages(reading: ImageReading): Promise<ImagesRead> {
  const { traits, now } = reading;
  const store = await openLayerStore(reading);
  const known = store && reading.remembered.recall(traits, store, now());
  const found: Found =
    known === undefined
      ? await readAnew(reading, store)
      : { ...known, store, directoryOf: directoriesIn(store), doubts: [] };
  const { blobs, diskBytes } = found;
  const holdings = await readHoldings(reading, found);
  const usedAt = await reading.usedAt;
  return {
    images: found.images.map((image) => {
      const lastUsedAt = usedAt.get(image.id);
      return lastUsedAt === undefined ? image : { ...image, lastUsedAt };
    }),
    blobs,
    ...(diskBytes === undefined ? {} : { diskBytes }),
    heldBlobs: holdings.heldBlobs,
    accuracy: combineAccuracy(
      ...found.doubts,
      ...holdings.doubts,
      ...(traits.engine.product === "podman" ? [PODMAN_SIZES] : []),
    ),
    buildCache: holdings.buildCache,
    rootIsOurs: found.store !== undefined,
  };
}

async function readAnew(reading: ImageReading, opened: LayerStore | undefined): Promise<Found> {
  const { client, cache, signal, traits, remembered, onProgress } = reading;
  const book = new FactsBook(cache, traits.scope);
  const measureNow = createDiskMeasurer(MEASURE_LIMIT_MS);
  const isFirstTime = book.images.size === 0;
  const measure = opened && isFirstTime ? measureAhead(opened, measureNow) : measureNow;
  const stored = opened && (await listStoredImages(opened, book, traits.imageRecords));
  const listed = stored ?? (await reading.list());
  const isOwn =
    stored !== undefined || (opened && (await isOwnStore(reading, opened, book, listed)));
  const store = isOwn ? opened : undefined;
  void reading.buildCache(store?.rootDir);
  if (store !== undefined) {
    if (stored === undefined) enterStoredImages(store, book, listed);
    refreshTagTimes(store, book, listed);
  }
  const { gone, unreadable } = await lookAtImages(
    { client, signal, imageStore: "graphdriver" },
    book,
    stored === undefined ? unknownImages(book, listed) : [],
    (done, total) => onProgress("looking at images", done, total),
  );
  const present = listed.filter((image) => !gone.has(image.id));
  const layered = layersOf(book, present);
  const chainIds = new Set(layered.flatMap((image) => image.chainIds));
  await settleSizes(reading, layered, book, chainIds, store);
  // Before the layers are measured, which others do meanwhile.
  const images = present.map((image) => imageOf(image, book, unreadable.get(image.id)));
  if (store !== undefined) await measureLayers(store, book, layered, measure);
  book.save(new Set(present.map((image) => image.id)), chainIds);

  const doubts = [...doubtsOf(book, chainIds)];
  if (unreadable.size > 0) {
    const detail = `${unreadable.size} images could not be looked at, which may share layers`;
    doubts.push({ kind: "up-to", detail });
  }
  const { blobs, diskBytes, areAllMeasured } = bytesOf(book, chainIds);
  const isWhole = stored !== undefined && gone.size === 0 && doubts.length === 0;
  if (isWhole && areAllMeasured) remembered.keep({ images, blobs, diskBytes });
  return {
    images,
    blobs,
    ...(Object.keys(diskBytes).length === 0 ? {} : { diskBytes }),
    store,
    directoryOf: directoriesIn(store, book),
    doubts,
  };
}

function directoriesIn(store: LayerStore | undefined, book?: FactsBook): Found["directoryOf"] {
  return (chainId) => book?.blobs.get(chainId)?.directory ?? store?.read(chainId)?.directory;
}

function imageOf(listed: ListedImage, book: FactsBook, unreadable: string | undefined): Image {
  const facts = unreadable === undefined ? book.images.get(listed.id) : undefined;
  return toImage(listed, facts, {
    blobs: facts?.chainIds ?? [],
    platforms: facts?.platforms ?? [],
    ...(unreadable === undefined
      ? {}
      : { unreadable: `its details could not be read: ${unreadable}` }),
  });
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

function bytesOf(
  book: FactsBook,
  chainIds: ReadonlySet<Digest>,
): Pick<KnownImages, "blobs" | "diskBytes"> & { readonly areAllMeasured: boolean } {
  const blobs: Record<Digest, number> = {};
  const diskBytes: Record<Digest, number> = {};
  let areAllMeasured = true;
  for (const chainId of chainIds) {
    const facts = book.blobs.get(chainId);
    blobs[chainId] = facts?.sizeBytes ?? 0;
    if (facts?.diskBytes === undefined) areAllMeasured = false;
    else diskBytes[chainId] = facts.diskBytes;
  }
  return { blobs, diskBytes, areAllMeasured };
}

function* doubtsOf(book: FactsBook, chainIds: ReadonlySet<Digest>): Generator<Accuracy> {
  for (const chainId of chainIds) {
    const doubt = book.blobs.get(chainId)?.doubt;
    if (doubt !== undefined) yield doubt;
  }
}
