import type { Accuracy } from "../inventory/inventory.ts";
import type { CacheRecord, Container } from "../inventory/resources.ts";
import type { Digest } from "../oci/digest.ts";
import { exactHoldings, possibleHoldings, type CacheHoldings } from "./build-cache-holdings.ts";
import { readCacheSnapshots } from "./build-cache-snapshots.ts";
import { EngineError } from "./engine-error.ts";
import { layerNamesOf, type GraphDriverAnswer } from "./layer-directories.ts";
import type { FactsBook } from "./facts-book.ts";
import type { ImageLayers, LayerStore } from "./layer-graphdriver.ts";
import type { ImageReading } from "./read-images.ts";

/** What holds layers besides the images. */
export interface Holdings {
  readonly heldBlobs: Readonly<Record<Digest, string>>;
  readonly buildCache: readonly CacheRecord[];
  readonly doubts: readonly Accuracy[];
}

interface KnownLayers {
  readonly layered: readonly ImageLayers[];
  readonly book: FactsBook;
  readonly store: LayerStore | undefined;
}

export async function readHoldings(reading: ImageReading, known: KnownLayers): Promise<Holdings> {
  const below = belowByChain(known.layered, known.store);
  const heldBlobs: Record<Digest, string> = {};
  const doubts: Accuracy[] = [];

  const listedIds = new Set(known.layered.map((image) => image.id));
  for (const container of await reading.containers) {
    if (listedIds.has(container.imageId)) continue;
    const chainIds = await layersOfContainer(reading, known, container, below);
    if (chainIds === undefined) {
      const detail = `the layers of container ${container.name} are not known, whose image is not listed any more`;
      doubts.push({ kind: "up-to", detail });
    } else {
      for (const chainId of chainIds) heldBlobs[chainId] = `container ${container.name}`;
    }
  }

  const cache = await holdingsOfCache(reading, known, below);
  for (const chainId of cache.held) heldBlobs[chainId] = "build cache";
  return { heldBlobs, buildCache: cache.records, doubts: [...doubts, ...cache.doubts] };
}

async function holdingsOfCache(
  reading: ImageReading,
  { layered, book, store }: KnownLayers,
  below: Ancestry,
): Promise<CacheHoldings & { doubts: readonly Accuracy[] }> {
  const records = await reading.buildCache(store?.rootDir);
  const chainIds = store === undefined ? undefined : await readCacheSnapshots(store.rootDir);
  if (chainIds !== undefined) return { ...exactHoldings(records, chainIds, below), doubts: [] };
  const holdings = possibleHoldings(
    records,
    layered.map((image) => image.chainIds),
    (statedBytes, chainId) => (book.blobs.get(chainId)?.sizeBytes ?? statedBytes) === statedBytes,
  );
  if (!holdings.records.some((record) => record.blobs?.length)) return { ...holdings, doubts: [] };
  const detail =
    "the engine does not tell which layers its build cache holds: all that it may hold count as held";
  return { ...holdings, doubts: [{ kind: "at-least", detail }] };
}

/** Undefined when they cannot be found out. */
async function layersOfContainer(
  { client, signal }: ImageReading,
  { book, store }: KnownLayers,
  container: Container,
  below: Ancestry,
): Promise<readonly Digest[] | undefined> {
  const top = store?.parentOfContainer(container.id);
  if (top !== undefined) return below(top);
  try {
    const look = await client.getJson<{ GraphDriver?: GraphDriverAnswer }>(
      `/containers/${container.id}/json`,
      { signal },
    );
    const names = new Set(layerNamesOf(look.GraphDriver));
    if (names.size === 0) return undefined;
    const chainIds: Digest[] = [];
    for (const [chainId, { directory }] of book.blobs) {
      if (directory !== undefined && names.has(directory)) chainIds.push(chainId);
    }
    return chainIds;
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    return error.kind === "not-found" ? [] : undefined;
  }
}

/** A chain and all below it, top first, as far as images stand on them. */
type Ancestry = (chainId: Digest) => readonly Digest[];

/** From the images where they have the chain, else from the store. */
function belowByChain(layered: readonly ImageLayers[], store: LayerStore | undefined): Ancestry {
  const known = new Map<Digest, Digest | undefined>();
  for (const { chainIds } of layered) {
    chainIds.forEach((chainId, position) => known.set(chainId, chainIds[position - 1]));
  }
  const ofImages = new Set(known.keys());
  return (chainId) => {
    const chain: Digest[] = [];
    for (let next: Digest | undefined = chainId; next !== undefined && !chain.includes(next);) {
      chain.push(next);
      if (!known.has(next)) known.set(next, store?.parentOf(next));
      next = known.get(next);
    }
    return chain.filter((layer) => ofImages.has(layer));
  };
}
