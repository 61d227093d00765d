import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** `st_blocks` counts in these, whatever the file system's block size; see stat(2). */
const STAT_BLOCK_BYTES = 512;

/**
 * Allocated bytes at and below the paths, a file with several hard links counted once. Mounted file systems below
 * are left out: the view of a running container is not a second copy of its image. Missing paths take nothing.
 */
export function allocatedBytes(...paths: readonly string[]): number {
  const seenLinks = new Set<string>();
  let total = 0;
  const pending = paths.map((path) => ({ path, device: undefined as number | undefined }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const stat = lstatSync(next.path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (next.device !== undefined && stat.dev !== next.device) continue;
    if (stat.nlink > 1 && !stat.isDirectory()) {
      const inode = `${stat.dev}:${stat.ino}`;
      if (seenLinks.has(inode)) continue;
      seenLinks.add(inode);
    }
    total += stat.blocks * STAT_BLOCK_BYTES;
    if (stat.isDirectory())
      for (const name of readdirSync(next.path))
        pending.push({ path: join(next.path, name), device: stat.dev });
  }
  return total;
}
