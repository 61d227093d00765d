import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

import type { TextFiles } from "./cli-context.ts";

/** Files of this machine. */
export function textFiles(stdin: AsyncIterable<Buffer>): TextFiles {
  return {
    read: (path) => (path === "-" ? text(stdin) : readFile(path, "utf8")),
    async write(path, content) {
      const chunks = typeof content === "string" ? [content] : content;
      const place = await resolvePlace(path);
      if (place.isRegular) await replace(place.path, place.mode, chunks);
      else await using(await open(place.path, "w"), (file) => writeAll(file, chunks));
    },
  };
}

interface Place {
  readonly path: string;
  /** False for a device or a pipe, which nothing can replace. */
  readonly isRegular: boolean;
  /** Of the file that is there now. */
  readonly mode?: number;
}

/** Follows links, so that the file they mean is replaced and they stay. */
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

/** Writes beside the file, and takes its place when all is on disk. */
async function replace(
  path: string,
  mode: number | undefined,
  chunks: Iterable<string>,
): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    await using(await open(beside, "wx"), async (file) => {
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

async function writeAll(file: FileHandle, chunks: Iterable<string>): Promise<void> {
  for (const chunk of chunks) await file.writeFile(chunk);
}

async function using(file: FileHandle, body: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await body(file);
  } finally {
    await file.close();
  }
}
