import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";

/** `-` is standard input. With `maxBytes`, reading ends soon after so many: a device may have no end. */
export async function readTextFile(path: string, maxBytes?: number): Promise<string> {
  if (maxBytes === undefined) return path === "-" ? text(process.stdin) : readFile(path, "utf8");
  const stream: Readable = path === "-" ? process.stdin : createReadStream(path);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * Beside the file and then in its place, once it is on disk: a reader finds the old text or the new one. A link stays,
 * and what it means is replaced; a device or a pipe is written to as it is.
 */
export function writeTextFile(path: string, content: string | Iterable<string>): Promise<void> {
  return writeFile(path, typeof content === "string" ? [content] : content);
}

/** What a file is made of, one piece after the other. */
export type FileChunks = Iterable<string> | AsyncIterable<Uint8Array>;

/** As `writeTextFile`, of content of any kind. `mode`: the permissions of a new file, less the umask. */
export async function writeFile(path: string, chunks: FileChunks, mode?: number): Promise<void> {
  const place = await resolvePlace(path);
  if (place.isRegular) await replaceFile(place, chunks, mode);
  else await withFile(await open(place.path, "w"), (file) => writeAll(file, chunks));
}

interface Place {
  readonly path: string;
  readonly isRegular: boolean;
  /** Permissions of the file that is there now. */
  readonly mode?: number;
}

async function resolvePlace(path: string): Promise<Place> {
  try {
    const real = await realpath(path);
    const stats = await stat(real);
    return { path: real, isRegular: stats.isFile(), mode: stats.mode & 0o777 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return { path, isRegular: true };
  }
}

async function replaceFile(
  { path, mode }: Place,
  chunks: FileChunks,
  newMode?: number,
): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await withFile(await open(beside, "wx", newMode), async (file) => {
      await writeAll(file, chunks);
      if (mode !== undefined) await file.chmod(mode);
      await file.sync();
    });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, chunks: FileChunks): Promise<void> {
  for await (const chunk of chunks) await file.writeFile(chunk);
}

async function withFile(
  file: FileHandle,
  body: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    await body(file);
  } finally {
    await file.close();
  }
}
