import type { Image } from "../inventory/image.ts";
import type { Accuracy } from "../inventory/inventory.ts";
import type { CacheRecord, Container } from "../inventory/resources.ts";
import type { Digest } from "../oci/digest.ts";
import {
  exactHoldings,
  possibleHoldings,
  type CacheHoldings,
} from "./build-cache/build-cache-holdings.ts";
import { readCacheSnapshots } from "./build-cache/build-cache-snapshots.ts";
import { EngineError } from "./engine-error.ts";
import { layerNamesOf, type GraphDriverAnswer } from "./layers/layer-directories.ts";
import type { LayerStore } from "./layers/layer-graphdriver.ts";
import type { ImageReading } from "./read-images.ts";

/** What holds layers besides the images. */
export interface Holdings {
  readonly heldBlobs: Readonly<Record<Digest, string>>;
  readonly buildCache: readonly CacheRecord[];
  readonly doubts: readonly Accuracy[];
}

/** The images that were found, with what they stand on. */
interface KnownLayers {
  /** Their blobs are their layers, bottom first. */
  readonly images: readonly Pick<Image, "id" | "blobs" | "unreadable">[];
  /** Bytes of each layer. */
  readonly blobs: Readonly<Record<Digest, number>>;
  /** Where the engine keeps a layer, below the driver's own folder. */
  readonly directoryOf: (chainId: Digest) => string | undefined;
  readonly store: LayerStore | undefined;
}

export async function readHoldings(reading: ImageReading, known: KnownLayers): Promise<Holdings> {
  const below = belowByChain(known.images, known.store);
  const heldBlobs: Record<Digest, string> = {};
  const doubts: Accuracy[] = [];

  const listedIds = new Set(
    known.images.flatMap(({ id, unreadable }) => (unreadable === undefined ? [id] : [])),
  );
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
  { images, blobs, store }: KnownLayers,
  below: Ancestry,
): Promise<CacheHoldings & { doubts: readonly Accuracy[] }> {
  const records = await reading.buildCache(store?.rootDir);
  const chainIds = store === undefined ? undefined : readCacheSnapshots(store.rootDir);
  if (chainIds !== undefined) return { ...exactHoldings(records, chainIds, below), doubts: [] };
  const holdings = possibleHoldings(
    records,
    images.map((image) => image.blobs),
    (statedBytes, chainId) => (blobs[chainId] ?? statedBytes) === statedBytes,
  );
  if (!holdings.records.some((record) => record.blobs?.length)) return { ...holdings, doubts: [] };
  const detail =
    "the engine does not tell which layers its build cache holds: all that it may hold count as held";
  return { ...holdings, doubts: [{ kind: "at-least", detail }] };
}

/** Undefined when they cannot be found out. */
async function layersOfContainer(
  { client, signal }: ImageReading,
  { blobs, directoryOf, store }: KnownLayers,
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
    return Object.keys(blobs).filter((chainId) => names.has(directoryOf(chainId) ?? ""));
  } catch (error) {
    if (!(error instanceof EngineError) || error.kind === "aborted") throw error;
    return error.kind === "not-found" ? [] : undefined;
  }
}

/** A chain and all below it, top first, as far as images stand on them. */
type Ancestry = (chainId: Digest) => readonly Digest[];

/** From the images where they have the chain, else from the store. Built when it is first asked. */
function belowByChain(images: KnownLayers["images"], store: LayerStore | undefined): Ancestry {
  let known: Map<Digest, Digest | undefined> | undefined;
  const ofImages = new Set<Digest>();
  return (chainId) => {
    if (known === undefined) {
      known = new Map();
      for (const { blobs } of images) {
        for (const [position, layer] of blobs.entries()) {
          known.set(layer, blobs[position - 1]);
          ofImages.add(layer);
        }
      }
    }
    const chain: Digest[] = [];
    for (let next: Digest | undefined = chainId; next !== undefined && !chain.includes(next);) {
      chain.push(next);
      if (!known.has(next)) known.set(next, store?.parentOf(next));
      next = known.get(next);
    }
    return chain.filter((layer) => ofImages.has(layer));
  };
}
