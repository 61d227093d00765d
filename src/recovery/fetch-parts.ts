import { Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";

import { layerPacking } from "../oci/media-type.ts";
import { familiarName } from "../oci/reference.ts";
import type { BinEntry, RecoveryBin, RegistryPart } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";

/** A registry does not give back what the bin has left to it. Nothing has been loaded then. */
class FetchError extends Error {
  override readonly name = "FetchError";
  readonly kind = "not-fetched";
  readonly hint =
    "Nothing was changed. What the bin has of the image stays there: try again when the registry answers.";

  constructor({ repository, blob, sizeBytes }: RegistryPart, cause: unknown) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    super(
      `${familiarName(repository)} does not give back the blob ${blob} (${sizeBytes} bytes), which the bin has left to it: ${detail}`,
      { cause },
    );
  }
}

/**
 * Puts into the bin what it has left to registries of an image, held against its digests. Only while the bin is held: with
 * the next removal from the bin it goes again. What another image has brought along meanwhile is not fetched.
 */
export async function fetchParts(
  { form, inRegistry = [] }: BinEntry,
  bin: RecoveryBin,
  openLookup: () => Promise<RegistryLookup>,
  signal: AbortSignal,
): Promise<void> {
  const missing = inRegistry.filter(({ digest }) => !bin.holds(digest));
  if (missing.length === 0) return;
  const lookup = await openLookup();
  try {
    for (const part of missing) {
      const kind = form.kind === "config" ? "layer" : "blob";
      await bin.put({ kind, digest: part.digest, chunks: fetched(part, kind, lookup, signal) });
    }
  } finally {
    await lookup.close();
  }
}

async function* fetched(
  part: RegistryPart,
  kind: "layer" | "blob",
  lookup: RegistryLookup,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    const chunks = lookup.openBlob(part.repository, part.blob, signal);
    yield* kind === "blob" ? chunks : unpacked(chunks, part);
  } catch (error) {
    throw signal.aborted ? error : new FetchError(part, error);
  }
}

async function* unpacked(
  chunks: AsyncIterable<Uint8Array>,
  { mediaType }: RegistryPart,
): AsyncGenerator<Uint8Array> {
  const packing = layerPacking(mediaType);
  if (packing === "none") return yield* chunks;
  const unpacking = packing === "gzip" ? createGunzip() : createZstdDecompress();
  const packed = Readable.from(chunks);
  packed.once("error", (error) => unpacking.destroy(error));
  try {
    for await (const chunk of packed.pipe(unpacking)) yield chunk as Uint8Array;
  } finally {
    packed.destroy();
    unpacking.destroy();
  }
}
