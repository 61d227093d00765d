import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { isVerifiableDigest, type Digest } from "../oci/digest.ts";
import { blobPath, findBlob } from "./blob-files.ts";
import { makeDirectory, syncDirectory } from "./durable-directory.ts";
import { LayoutError, toLayoutError } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";

/** In front of the names of files that are being written; no digest begins so. */
export const UNFINISHED_PREFIX = ".unfinished-";
const ALGORITHM = "sha256";

export interface WrittenBlob {
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
  const directory = join(root, "blobs", ALGORITHM);
  const draft = join(directory, `${UNFINISHED_PREFIX}${randomUUID()}`);
  const source = { failed: false };
  try {
    await makeDirectory(directory);
    const file = await open(draft, CREATE_NEW, 0o600);
    let written: { digest: Digest; sizeBytes: number };
    try {
      await file.chmod(0o600);
      written = await fill(file, watched(chunks, source), expected);
      await file.sync();
    } finally {
      await file.close();
    }
    return await name(root, draft, written);
  } catch (error) {
    await discardDraft(draft);
    throw source.failed ? error : toLayoutError(error, draft);
  }
}

/** Takes an unfinished file away, or leaves it to the next sweep: what went wrong before is what is to be told. */
export async function discardDraft(draft: string): Promise<void> {
  await Promise.allSettled([rm(draft, { force: true })]);
}

/** Tells what the source throws from what the disk does: a broken connection has a code of the system too. */
async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  source: { failed: boolean },
): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    source.failed = true;
    throw error;
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

async function fill(
  file: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
  expected: Digest | undefined,
): Promise<{ digest: Digest; sizeBytes: number }> {
  const hash = createHash(ALGORITHM);
  const other = otherHash(expected);
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    other?.hash.update(chunk);
    sizeBytes += chunk.byteLength;
    for (let start = 0; start < chunk.byteLength;) {
      const { bytesWritten } = await file.write(chunk, start, chunk.byteLength - start);
      start += bytesWritten;
    }
  }
  const own: Digest = `${ALGORITHM}:${hash.digest("hex")}`;
  const digest: Digest =
    other === undefined ? own : `${other.algorithm}:${other.hash.digest("hex")}`;
  if (expected !== undefined && digest !== expected) throw mismatch(expected, digest);
  return { digest, sizeBytes };
}

/** Blobs are kept under sha256 unless their name says otherwise (image-spec, descriptor.md#digests). */
function otherHash(expected: Digest | undefined) {
  if (expected === undefined || expected.startsWith(`${ALGORITHM}:`)) return undefined;
  if (!isVerifiableDigest(expected)) throw new RangeError(`${expected} cannot be checked`);
  const algorithm = expected.slice(0, expected.indexOf(":"));
  return { algorithm, hash: createHash(algorithm) };
}

/** Content that is not what it was said to be. */
export function mismatch(expected: Digest, digest: Digest): LayoutError {
  return new LayoutError("corrupt", {
    file: expected,
    detail: `its content has the digest ${digest}`,
    hint: "The content was damaged on its way; try again.",
  });
}

async function name(
  root: string,
  draft: string,
  { digest, sizeBytes }: { digest: Digest; sizeBytes: number },
): Promise<WrittenBlob> {
  const there = await findBlob(root, digest);
  const path = blobPath(root, digest);
  await makeDirectory(dirname(path));
  await rename(draft, path);
  await syncDirectory(dirname(path));
  return { digest, sizeBytes, addedBytes: Math.max(0, sizeBytes - (there?.sizeBytes ?? 0)) };
}
