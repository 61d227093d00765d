import type { Digest } from "../oci/digest.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { BinEntry, RecoveryBin, RegistryPart, RemovedImage } from "../ports/recovery-bin.ts";

export interface ArchiveParts {
  readonly reader: ImageContentReader;
  readonly bin: RecoveryBin;
  /** Bytes of the image that have been read. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** An image about to be removed, and the blobs that the target says it stands on. */
export interface Archivable {
  /** By which the target knows it, where that is more than the ID in the bin. */
  readonly sourceId?: string;
  readonly image: RemovedImage;
  /** Keys of `Inventory.blobs`. */
  readonly blobs: readonly string[];
  /** What is not put by, because registries have said that they have it. */
  readonly inRegistry?: readonly RegistryPart[];
}

export interface Archived {
  readonly entry: BinEntry;
  /** By how much the bin grew. */
  readonly addedBytes: number;
}

/**
 * Puts an image into the bin. When this resolves, all of it is there, checked against its digests and on disk. Only what the
 * bin lacks is stored; what it holds of an image that could not be put whole is no loss: the next sweep takes it.
 */
export function archiveImage(
  archivable: Archivable,
  parts: ArchiveParts,
  signal: AbortSignal,
): Promise<Archived> {
  return parts.bin.whileHeld(async () => {
    try {
      return await putImage(archivable, parts, signal);
    } catch (error) {
      // What the bin had of it turned out to be damaged; now it knows, and takes that content anew.
      if (!isDamage(error)) throw error;
      return putImage(archivable, parts, signal);
    }
  });
}

async function putImage(
  { image, sourceId = image.id, blobs, inRegistry = [] }: Archivable,
  { reader, bin, onProgress = () => undefined }: ArchiveParts,
  signal: AbortSignal,
): Promise<Archived> {
  let doneBytes = 0;
  const told = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      doneBytes += chunk.byteLength;
      onProgress(doneBytes);
      yield chunk;
    }
  };
  const form = await reader.formOf(sourceId);
  let addedBytes = 0;
  const left = new Set(inRegistry.map(({ digest }) => digest));
  const isWanted = (digest: Digest): boolean => !bin.holds(digest) && !left.has(digest);
  for await (const part of reader.readContent(sourceId, form, { isWanted, signal })) {
    if (part.digest !== undefined && !isWanted(part.digest)) continue;
    addedBytes += await bin.put({ ...part, chunks: told(part.chunks) });
  }
  const listed = await reader.listingOf?.(sourceId);
  const described = listed === undefined ? image : { ...image, listed };
  // Some engines tell which layer it was only when it has been put.
  const stillLeft = inRegistry.filter(({ digest }) => !bin.holds(digest));
  // A save may leave out what the engine has lost, and never say so.
  const entry = await bin.add(described, form, {
    counted: new Set(blobs),
    ...(stillLeft.length === 0 ? {} : { inRegistry: stillLeft }),
  });
  return { entry, addedBytes };
}

function isDamage(error: unknown): boolean {
  return error instanceof Error && "kind" in error && error.kind === "corrupt";
}
