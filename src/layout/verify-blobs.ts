import type { Digest } from "../oci/digest.ts";
import { listBlobs } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import { readBlob } from "./read-blob.ts";

/** Reads every blob again and answers those that are not what their name says, each with what is wrong. */
export async function verifyBlobs(
  root: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<ReadonlyMap<Digest, string>> {
  const wrong = new Map<Digest, string>();
  for await (const digest of listBlobs(root)) {
    const detail = await damageOf(root, digest, signal, onBytes);
    if (detail !== undefined) wrong.set(digest, detail);
  }
  return wrong;
}

/** Reads one blob to its end; undefined where it is what its name says. */
export async function damageOf(
  root: string,
  digest: Digest,
  signal: AbortSignal,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<string | undefined> {
  try {
    for await (const chunk of readBlob(root, { digest })) {
      signal.throwIfAborted();
      onBytes(chunk.byteLength);
    }
    return undefined;
  } catch (error) {
    if (error instanceof LayoutError) return error.detail;
    throw error;
  }
}
