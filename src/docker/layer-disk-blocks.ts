import { lstatSync, readdirSync, type Stats } from "node:fs";

/** POSIX counts blocks in units of 512 bytes, whatever the file system's own are. */
const BLOCK_BYTES = 512;

/**
 * Allocated bytes of a folder and everything in it, as `du` counts: a file with several names once. Undefined when the
 * folder is not there. Synchronous, because a look at a file takes 4 µs so and 50 µs through the thread pool.
 */
export function measureTree(root: string): number | undefined {
  const stats = lookAt(root);
  if (stats === undefined) return undefined;
  const counted = new Set<number>();
  let bytes = stats.blocks * BLOCK_BYTES;
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of namesIn(folder)) {
      const path = `${folder}/${name}`;
      const file = lookAt(path);
      if (file === undefined || file.dev !== stats.dev) continue;
      if (file.isDirectory()) folders.push(path);
      else if (file.nlink > 1) {
        if (counted.has(file.ino)) continue;
        counted.add(file.ino);
      }
      bytes += file.blocks * BLOCK_BYTES;
    }
  }
  return bytes;
}

/** What is removed while it is measured counts as nothing. */
function lookAt(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
