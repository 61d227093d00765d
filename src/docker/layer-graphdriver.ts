import type { Accuracy } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";

/** One layer as an engine keeps it on disk. */
export interface StoredLayer {
  /** Apparent bytes of its files, the number that the engine itself adds up. */
  readonly sizeBytes: number;
  /** Its folder below the driver's own. */
  readonly directory: string;
}

/** The layers of an engine whose data root can be read: on the same machine, as root. */
export interface LayerStore {
  readonly rootDir: string;
  /** True where the layers of an image add up to what the engine says of the image. */
  readonly addsUp: boolean;
  /** Undefined for a chain that is not there. */
  read(chainId: Digest): StoredLayer | undefined;
  /** Allocated bytes: the layer's files, and what the engine keeps about it. Undefined when it vanished meanwhile. */
  measure(chainId: Digest, directory: string): number | undefined;
  /** The layer that a container's own writable one stands on, where that is known. */
  parentOfContainer(containerId: string): Digest | undefined;
  /** The layer below. */
  parentOf(chainId: Digest): Digest | undefined;
}

/** An image by what its engine says of it, to be held against its layers. */
export interface ImageLayers {
  readonly id: Digest;
  /** Bottom first. */
  readonly chainIds: readonly Digest[];
  /** All its layers, as the list states it. */
  readonly sizeBytes: number;
}

/** What is remembered of a layer under its chain ID. None of it changes while the layer exists. */
export interface LayerFacts {
  readonly sizeBytes: number;
  readonly diskBytes?: number;
  /** Set where the size is a bound, not known to be exact. */
  readonly doubt?: Accuracy;
}

/** Facts of the layers of one engine, remembered from one command to the next. */
export class LayerFactsBook {
  readonly #cache: FactsCache;
  readonly #scope: string;
  readonly #facts = new Map<Digest, LayerFacts>();
  readonly #changed = new Set<Digest>();

  constructor(cache: FactsCache, scope: string, chainIds: ReadonlySet<Digest>) {
    this.#cache = cache;
    this.#scope = `${scope}/layers`;
    for (const [chainId, text] of cache.read(this.#scope, [...chainIds])) {
      this.#facts.set(chainId, JSON.parse(text) as LayerFacts);
    }
  }

  get(chainId: Digest): LayerFacts | undefined {
    return this.#facts.get(chainId);
  }

  set(chainId: Digest, facts: LayerFacts): void {
    this.#facts.set(chainId, facts);
    this.#changed.add(chainId);
  }

  /** Writes what is new, and forgets all but these layers when something is. */
  save(chainIds: ReadonlySet<Digest>): void {
    if (this.#changed.size === 0) return;
    const entries = [...this.#changed].map(
      (chainId) => [chainId, JSON.stringify(this.#facts.get(chainId))] as const,
    );
    this.#cache.write(this.#scope, new Map(entries));
    this.#cache.retain(this.#scope, chainIds);
    this.#changed.clear();
  }
}

/** The event loop gets its turn after so many layers: answers of the engine are waiting. */
const LAYERS_PER_TURN = 50;

/**
 * True when every layer of these images is in the store with sizes that add up to what the engine says: another engine
 * may have a data root of the same path on another machine.
 */
export function belongsTo(store: LayerStore, images: readonly ImageLayers[]): boolean {
  return images.every((image) => {
    let sum = 0;
    for (const chainId of image.chainIds) {
      const layer = store.read(chainId);
      if (layer === undefined) return false;
      sum += layer.sizeBytes;
    }
    return !store.addsUp || sum === image.sizeBytes;
  });
}

/** Enters the sizes of these layers into the book. False when one of them is not in the store. */
export async function enterSizes(
  store: LayerStore,
  book: LayerFactsBook,
  chainIds: readonly Digest[],
): Promise<boolean> {
  for (const [position, chainId] of chainIds.entries()) {
    const layer = store.read(chainId);
    if (layer === undefined) return false;
    book.set(chainId, { sizeBytes: layer.sizeBytes });
    if (position % LAYERS_PER_TURN === 0) await nextTurn();
  }
  return true;
}

/** Measures until the time is up; what is left out is measured by a later command. */
export async function measureLayers(
  store: LayerStore,
  book: LayerFactsBook,
  chainIds: ReadonlySet<Digest>,
  isOutOfTime: () => boolean,
): Promise<void> {
  let measured = 0;
  for (const chainId of chainIds) {
    const known = book.get(chainId);
    if (known === undefined || known.diskBytes !== undefined) continue;
    if (isOutOfTime()) return;
    const directory = store.read(chainId)?.directory;
    const diskBytes = directory === undefined ? undefined : store.measure(chainId, directory);
    if (diskBytes !== undefined) book.set(chainId, { ...known, diskBytes });
    measured += 1;
    if (measured % LAYERS_PER_TURN === 0) await nextTurn();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
