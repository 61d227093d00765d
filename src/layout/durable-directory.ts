import { chmod, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { systemErrorCode } from "./layout-error.ts";

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
  try {
    await syncDirectory(parent);
  } catch (error) {
    // One that may be written to and not read cannot be synced.
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
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
