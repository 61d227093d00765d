import { randomUUID } from "node:crypto";
import { open, readFile, realpath, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";

/** `-` is standard input. */
export function readTextFile(path: string): Promise<string> {
  return path === "-" ? text(process.stdin) : readFile(path, "utf8");
}

/**
 * Beside the file and then in its place, once it is on disk: a reader finds the old text or the new one. A link stays,
 * and what it means is replaced; a device or a pipe is written to as it is.
 */
export async function writeTextFile(
  path: string,
  content: string | Iterable<string>,
): Promise<void> {
  const chunks = typeof content === "string" ? [content] : content;
  const place = await resolvePlace(path);
  if (place.isRegular) await replaceFile(place, chunks);
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

async function replaceFile({ path, mode }: Place, chunks: Iterable<string>): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await withFile(await open(beside, "wx"), async (file) => {
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
