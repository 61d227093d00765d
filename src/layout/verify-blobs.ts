import type { Digest } from "../oci/digest.ts";
import { listBlobs } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import { readBlob } from "./read-blob.ts";

/** Reads every blob again and answers those that are not what their name says, each with what is wrong. */
export async function verifyBlobs(
  root: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, string>> {
  const wrong = new Map<Digest, string>();
  for await (const digest of listBlobs(root)) {
    signal.throwIfAborted();
    const detail = await whatIsWrong(root, digest);
    if (detail !== undefined) wrong.set(digest, detail);
  }
  return wrong;
}

async function whatIsWrong(root: string, digest: Digest): Promise<string | undefined> {
  try {
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- reading to the end is what checks it
    for await (const _chunk of readBlob(root, { digest }));
    return undefined;
  } catch (error) {
    if (error instanceof LayoutError) return error.detail;
    throw error;
  }
}
