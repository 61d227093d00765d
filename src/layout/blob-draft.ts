import { createHash, randomUUID } from "node:crypto";
import { open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";

import { makeDirectory, syncDirectory } from "./durable-directory.ts";
import { toLayoutError } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";

/** In front of the names of files that are being written; no digest begins so. */
export const UNFINISHED_PREFIX = ".unfinished-";

/** A file that is written and synced, and does not have its name yet. */
export interface Draft {
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
}

/** Writes a file under a temporary name, for its owner only, whatever the umask. What goes wrong leaves none behind. */
export async function writeDraft(
  directory: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Draft> {
  const path = join(directory, `${UNFINISHED_PREFIX}${randomUUID()}`);
  const source = { failed: false };
  try {
    await makeDirectory(directory);
    const file = await open(path, CREATE_NEW, 0o600);
    try {
      await file.chmod(0o600);
      const written = await fill(file, watched(chunks, source));
      await file.sync();
      return { path, ...written };
    } finally {
      await file.close();
    }
  } catch (error) {
    await discardDraft(path);
    throw source.failed ? error : toLayoutError(error, path);
  }
}

/** Takes an unfinished file away, or leaves it to the next sweep: what went wrong before is what is to be told. */
export async function discardDraft(path: string): Promise<void> {
  await Promise.allSettled([rm(path, { force: true })]);
}

/** Gives it its name, in the place of a file that has it, and makes that durable. */
export async function nameDraft({ path }: Pick<Draft, "path">, name: string): Promise<void> {
  await makeDirectory(dirname(name));
  await rename(path, name);
  await syncDirectory(dirname(name));
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

async function fill(
  file: FileHandle,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Omit<Draft, "path">> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    sizeBytes += chunk.byteLength;
    for (let start = 0; start < chunk.byteLength;) {
      const { bytesWritten } = await file.write(chunk, start, chunk.byteLength - start);
      start += bytesWritten;
    }
  }
  return { sizeBytes, sha256: hash.digest("hex") };
}
