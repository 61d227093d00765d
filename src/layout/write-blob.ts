import { join } from "node:path";

import type { Digest } from "../oci/digest.ts";
import { discardDraft, nameDraft, writeDraft, type Draft } from "./blob-draft.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { algorithmOf, hashContent, mismatch, OWN_ALGORITHM } from "./content-hash.ts";
import { toLayoutError } from "./layout-error.ts";

export interface WrittenBlob {
  /** Of its content, as its size is. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** By how much the layout grew: nothing where a blob of that name and size was there. */
  readonly addedBytes: number;
}

/**
 * Writes a blob under a temporary name, checks it against `expected` where that is known, syncs it, then names it: in the
 * place of one that is there, for that may be damaged. Whatever goes wrong leaves nothing behind but, after a crash, a file
 * that no digest names. For its owner only, whatever the umask.
 */
export async function writeBlob(
  root: string,
  chunks: AsyncIterable<Uint8Array>,
  expected?: Digest,
): Promise<WrittenBlob> {
  const isOwn = algorithmOf(expected) === OWN_ALGORITHM;
  const other = isOwn ? undefined : hashContent(chunks, expected);
  const draft = await writeDraft(join(root, "blobs", OWN_ALGORITHM), other?.chunks ?? chunks);
  const digest: Digest = other?.digest() ?? `${OWN_ALGORITHM}:${draft.sha256}`;
  try {
    if (expected !== undefined && digest !== expected) throw mismatch(expected, digest);
    return await name(root, draft, digest);
  } catch (error) {
    await discardDraft(draft.path);
    throw toLayoutError(error, draft.path);
  }
}

/** The same for a text or a document that is in memory. */
export function writeBytes(
  root: string,
  bytes: Uint8Array,
  expected?: Digest,
): Promise<WrittenBlob> {
  return writeBlob(root, inOneChunk(bytes), expected);
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function name(root: string, draft: Draft, digest: Digest): Promise<WrittenBlob> {
  const there = await findBlob(root, digest);
  await nameDraft(draft, blobPath(root, digest));
  const { sizeBytes } = draft;
  return { digest, sizeBytes, addedBytes: Math.max(0, sizeBytes - (there?.storedBytes ?? 0)) };
}
