import { chmod, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { systemErrorCode } from "./layout-error.ts";
import { READ_NO_LINK } from "./open-flags.ts";

const OWNER_ONLY = 0o700;

/**
 * Makes a directory and those above it that are missing, for their owner only whatever the umask, and on disk when this
 * resolves: each is synced with the name that its parent has for it.
 */
export async function makeDirectory(directory: string): Promise<void> {
  if (await isDirectory(directory)) return;
  const parent = dirname(directory);
  if (parent !== directory) await makeDirectory(parent);
  try {
    await mkdir(directory, OWNER_ONLY);
    await chmod(directory, OWNER_ONLY);
  } catch (error) {
    // Another process was faster.
    if (systemErrorCode(error) !== "EEXIST" || !(await isDirectory(directory))) throw error;
  }
  await syncReadable(parent);
}

/** Makes the names of a directory and of those above it in its file system survive a power cut, whoever has made them. */
export async function syncAbove(directory: string): Promise<void> {
  const parent = dirname(directory);
  const [here, above] = await Promise.all([stat(directory), stat(parent)]);
  if (parent === directory || here.dev !== above.dev) return;
  await syncReadable(parent);
  await syncAbove(parent);
}

/** One that may be written to and not read cannot be synced. */
async function syncReadable(directory: string): Promise<void> {
  try {
    await syncDirectory(directory);
  } catch (error) {
    if (systemErrorCode(error) !== "EACCES") throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return false;
    throw error;
  }
}

/** Makes the names in a directory survive a power cut. */
export function syncDirectory(directory: string): Promise<void> {
  return sync(directory, "r");
}

/** The same for the content of a file, whoever has written it. */
export function syncFile(path: string): Promise<void> {
  return sync(path, READ_NO_LINK);
}

async function sync(path: string, flags: string | number): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
