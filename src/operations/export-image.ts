import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import { fetchParts } from "../recovery/fetch-parts.ts";
import { openStoredVolume } from "../recovery/volume-artifact.ts";
import { packImage, type ArchiveFormat } from "../recovery/pack-image.ts";

export type { ArchiveFormat } from "../recovery/pack-image.ts";

/** An image of the bin as a tar that other programs take, with all its names; a volume as the tar that it is. */
export interface Export {
  /** What the tar is made of; the tar itself is a little larger. */
  readonly contentBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Throws, before its end, where the content is not what it was. To be read while the bin is held, into which what it has left
 * to registries is fetched: the next removal takes that again.
 */
export async function exportImage(
  bin: RecoveryBin,
  entry: BinEntry,
  format: ArchiveFormat,
  {
    openLookup,
    signal,
  }: { readonly openLookup: () => Promise<RegistryLookup>; readonly signal: AbortSignal },
): Promise<Export> {
  if (entry.image.volume !== undefined) {
    const volume = await openStoredVolume(bin, entry);
    return { contentBytes: volume.sizeBytes, chunks: volume.open() };
  }
  await fetchParts(entry, bin, openLookup, signal);
  const content = await bin.contentOf(entry);
  let contentBytes = 0;
  for (const digest of await content.digestsBelow()) contentBytes += await content.sizeOf(digest);
  return {
    contentBytes,
    chunks: packImage(content, { references: entry.image.references, format }),
  };
}
