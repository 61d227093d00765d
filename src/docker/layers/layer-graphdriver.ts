import type { Digest } from "../../oci/digest.ts";
import type { FactsBook, ImageFacts } from "../facts-book.ts";
import type { ImageFiles } from "../image-files.ts";
import type { DiskMeasurer } from "./layer-disk-blocks.ts";
import { nextTurn } from "../next-turn.ts";
import { awaitedLater } from "../read-list-ahead.ts";

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
  /** What images there are, where the root names itself this engine's. */
  readonly images?: ImageFiles;
  /** What a look at the image through the engine would tell; undefined where that is not on disk. */
  readImage(id: Digest): Omit<ImageFacts, "seenAs"> | undefined;
  /** When an image was last given a name; undefined where that is not on disk. */
  taggedAt(id: Digest): string | undefined;
  /** Folders that may hold the files of layers, as `filesOf` names them, before it is known which of them do. */
  foldersAhead(): readonly string[];
  /** Undefined for a chain that is not there. */
  read(chainId: Digest): StoredLayer | undefined;
  /** The folder that is to be counted for a layer, with all that is in it. */
  filesOf(directory: string): string;
  /** Allocated bytes of what the engine keeps of the layer outside of that folder. `isLowest`: it stands on no other. */
  bytesBeside(chainId: Digest, directory: string, isLowest: boolean): number;
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

/** The event loop gets its turn after so many: answers of the engine are waiting. */
export const PER_TURN = 64;

/**
 * True when every layer of these images is in the store with sizes that add up to what the engine says: another engine
 * may have a data root of the same path on another machine.
 */
export function belongsTo(store: LayerStore, images: readonly ImageLayers[]): boolean {
  return images.every(({ chainIds, sizeBytes }) => {
    let sum = 0;
    for (const chainId of chainIds) {
      const layer = store.read(chainId);
      if (layer === undefined) return false;
      sum += layer.sizeBytes;
    }
    return !store.addsUp || sum === sizeBytes;
  });
}

/** Enters the sizes of these layers into the book. False when one of them is not in the store. */
export async function enterSizes(
  store: LayerStore,
  book: FactsBook,
  chainIds: readonly Digest[],
): Promise<boolean> {
  for (const [position, chainId] of chainIds.entries()) {
    const layer = store.read(chainId);
    if (layer === undefined) return false;
    book.addToBlob(chainId, { sizeBytes: layer.sizeBytes });
    if (position % PER_TURN === 0) await nextTurn();
  }
  return true;
}

/**
 * Begins to measure all layers of a store, before it is known which of them images stand on. The answer takes what was
 * begun, and measures the rest when it is asked.
 */
export function measureAhead(store: LayerStore, measure: DiskMeasurer): DiskMeasurer {
  const begun = awaitedLater(measure(store.foldersAhead()));
  return async (wanted) => {
    const measured = await begun;
    const rest = wanted.filter((folder) => !measured.has(folder));
    return rest.length === 0 ? measured : new Map([...measured, ...(await measure(rest))]);
  };
}

/** Has those measured that were not yet; what it has no time for is left to a later command. */
export async function measureLayers(
  store: LayerStore,
  book: FactsBook,
  images: readonly ImageLayers[],
  measure: DiskMeasurer,
): Promise<void> {
  const lowest = new Set(images.flatMap(({ chainIds }) => chainIds.slice(0, 1)));
  const beside = new Map<Digest, number>();
  const folders: string[] = [];
  for (const chainId of new Set(images.flatMap(({ chainIds }) => chainIds))) {
    const known = book.blobs.get(chainId);
    if (known?.sizeBytes === undefined || known.diskBytes !== undefined) continue;
    const directory = known.directory ?? store.read(chainId)?.directory;
    if (directory === undefined) continue;
    beside.set(chainId, store.bytesBeside(chainId, directory, lowest.has(chainId)));
    folders.push(store.filesOf(directory));
  }
  if (folders.length === 0) return;
  const measured = await measure(folders);
  let next = 0;
  for (const [chainId, besideBytes] of beside) {
    const bytes = measured.get(folders[next++] ?? "");
    if (bytes !== undefined) book.addToBlob(chainId, { diskBytes: bytes + besideBytes });
  }
}
