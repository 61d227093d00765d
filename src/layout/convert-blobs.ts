import type { Digest } from "../oci/digest.ts";
import type { BinConversion, ConversionOptions } from "../ports/bin-encryption.ts";
import type { BinKeys } from "./bin-keys.ts";
import { findBlob, readDocument } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import { readBlob } from "./read-blob.ts";
import { isManifest, MAX_MANIFEST_BYTES } from "./sniff-document.ts";
import { writeBinBlob } from "./write-bin-blob.ts";

/**
 * Writes blobs again, in the form that the bin's recipients ask for, one after the other: each is whole and durable in its
 * new form before the old one goes.
 */
export async function convertBlobs(
  root: string,
  keys: BinKeys,
  list: (root: string) => AsyncIterable<Digest>,
  { signal, onProgress = () => undefined }: ConversionOptions,
): Promise<BinConversion> {
  const waiting = new Map<Digest, number>();
  for await (const digest of list(root))
    if (!(await isPlainManifest(root, digest)))
      waiting.set(digest, (await findBlob(root, digest))?.sizeBytes ?? 0);
  const totalBytes = [...waiting.values()].reduce((sum, size) => sum + size, 0);
  const damaged: { digest: Digest; detail: string }[] = [];
  let doneBytes = 0;
  let converted = 0;
  async function* watched(digest: Digest): AsyncGenerator<Uint8Array> {
    for await (const chunk of readBlob(root, { digest }, keys)) {
      signal.throwIfAborted();
      doneBytes += chunk.byteLength;
      onProgress({ doneBytes, totalBytes });
      yield chunk;
    }
  }
  for (const digest of waiting.keys()) {
    try {
      await writeBinBlob(root, keys, watched(digest), digest);
      converted += 1;
    } catch (error) {
      if (!(error instanceof LayoutError) || error.kind !== "corrupt") throw error;
      damaged.push({ digest, detail: error.detail });
    }
  }
  return { converted, damaged };
}

/** Those stay as they are, so that the bin can be looked through and swept without an identity. */
async function isPlainManifest(root: string, digest: Digest): Promise<boolean> {
  const file = await findBlob(root, digest);
  if (file === undefined || file.sizeBytes > MAX_MANIFEST_BYTES) return false;
  const document = await readDocument(root, digest);
  return document.kind === "read" && isManifest(document.value);
}
