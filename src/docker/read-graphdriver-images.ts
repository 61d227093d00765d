import type { Accuracy } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import { combineAccuracy } from "./layer-accuracy.ts";
import { checkAgainstTotal, sizesFromHistory } from "./layer-api-sizes.ts";
import {
  belongsTo,
  enterSizes,
  LayerFactsBook,
  measureLayers,
  type ImageLayers,
  type LayerStore,
} from "./layer-graphdriver.ts";
import { openLayerRoot } from "./layer-root.ts";
import { readHoldings } from "./read-graphdriver-holdings.ts";
import { readImageFacts } from "./read-image-facts.ts";
import { listImages } from "./read-image-list.ts";
import { toImage } from "./read-image.ts";
import type { ImageReading, ImagesRead } from "./read-images.ts";

/** Disk blocks that take longer to count are counted by later commands. */
const MEASURE_LIMIT_MS = 5_000;
/** So many images show whose data root it is. */
const WITNESSES = 20;

/** Images of an engine with a graphdriver: blobs are layers by chain ID. */
export async function readGraphdriverImages(reading: ImageReading): Promise<ImagesRead> {
  const { client, cache, signal, traits, now, onProgress } = reading;
  const listed = await listImages(client, signal);
  const { facts, gone, unreadable, changed } = await readImageFacts(
    { client, cache, scope: traits.scope, signal },
    listed,
    (done, total) => onProgress("looking at images", done, total),
  );
  const present = listed.filter((image) => !gone.has(image.id));
  const layered: ImageLayers[] = [];
  const chainIds = new Set<Digest>();
  for (const { id, sizeBytes } of present) {
    const stack = facts.get(id)?.chainIds;
    if (stack === undefined) continue;
    layered.push({ id, chainIds: stack, sizeBytes });
    for (const chainId of stack) chainIds.add(chainId);
  }
  const book = new LayerFactsBook(cache, traits.scope, chainIds);
  const store = await openStore(reading, layered);
  await settleSizes(reading, layered, book, chainIds, store);
  if (store !== undefined) {
    const until = now() + MEASURE_LIMIT_MS;
    await measureLayers(store, book, chainIds, () => now() > until);
  }
  book.save(chainIds);
  if (changed && unreadable.size === 0) {
    const ids = new Set(present.map((image) => image.id));
    for (const kind of ["images", "history"]) cache.retain(`${traits.scope}/${kind}`, ids);
  }
  const holdings = await readHoldings(reading, { layered, facts, book, store });
  const usedAt = await reading.usedAt;
  const images = present.map((image) => {
    const known = facts.get(image.id);
    const lastUsedAt = usedAt.get(image.id);
    const reason = unreadable.get(image.id);
    return toImage(image, known, {
      blobs: known?.chainIds ?? [],
      platforms: known?.platform === undefined ? [] : [known.platform],
      ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
      ...(reason === undefined ? {} : { unreadable: `its details could not be read: ${reason}` }),
    });
  });
  const unknownLayers: Accuracy[] =
    unreadable.size === 0
      ? []
      : [
          {
            kind: "up-to",
            detail: `${unreadable.size} images could not be looked at, and they may share layers`,
          },
        ];
  return {
    images,
    ...bytesOf(book, chainIds),
    heldBlobs: holdings.heldBlobs,
    accuracy: combineAccuracy(...doubtsOf(book, chainIds), ...unknownLayers, ...holdings.doubts),
    buildCache: holdings.buildCache,
    rootIsOurs: store !== undefined,
  };
}

/** The engine's data root, where it can be read and is seen to be this engine's. */
async function openStore(
  { traits }: ImageReading,
  layered: readonly ImageLayers[],
): Promise<LayerStore | undefined> {
  if (!traits.isLocal) return undefined;
  const store = await openLayerRoot(traits.engine.rootDir, traits.driver, traits.engine.engineId);
  return store !== undefined && belongsTo(store, layered.slice(0, WITNESSES)) ? store : undefined;
}

/** Finds the sizes of layers that are not in the book: on disk, else by the histories of the images. */
async function settleSizes(
  reading: ImageReading,
  layered: readonly ImageLayers[],
  book: LayerFactsBook,
  chainIds: ReadonlySet<Digest>,
  store: LayerStore | undefined,
): Promise<void> {
  const unknown = [...chainIds].filter((chainId) => book.get(chainId) === undefined);
  if (unknown.length === 0) return;
  if (store !== undefined && (await enterSizes(store, book, unknown))) return;
  const { client, cache, signal, traits, onProgress } = reading;
  const found = await sizesFromHistory(
    { client, cache, scope: traits.scope, signal },
    layered,
    (done, total) => onProgress("reading histories", done, total),
  );
  const check = await checkAgainstTotal({ client, signal }, found.sizes);
  const doubt = combineAccuracy(found.accuracy, check);
  for (const chainId of unknown) {
    const sizeBytes = found.sizes.get(chainId) ?? 0;
    book.set(chainId, doubt.kind === "exact" ? { sizeBytes } : { sizeBytes, doubt });
  }
}

function bytesOf(
  book: LayerFactsBook,
  chainIds: ReadonlySet<Digest>,
): Pick<ImagesRead, "blobs" | "diskBytes"> {
  const blobs: Record<Digest, number> = {};
  const diskBytes: Record<Digest, number> = {};
  let measured = 0;
  for (const chainId of chainIds) {
    const facts = book.get(chainId);
    blobs[chainId] = facts?.sizeBytes ?? 0;
    if (facts?.diskBytes === undefined) continue;
    diskBytes[chainId] = facts.diskBytes;
    measured += 1;
  }
  return measured > 0 ? { blobs, diskBytes } : { blobs };
}

function* doubtsOf(book: LayerFactsBook, chainIds: ReadonlySet<Digest>): Generator<Accuracy> {
  for (const chainId of chainIds) {
    const doubt = book.get(chainId)?.doubt;
    if (doubt !== undefined) yield doubt;
  }
}
