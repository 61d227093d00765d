import { spawnSync } from "node:child_process";
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What `stat` counts blocks in. */
const BLOCK_BYTES = 512;

/** What a directory takes, found by walking it. */
export interface DirectorySize {
  /** Sum of the lengths of its files. */
  readonly fileBytes: number;
  /** Allocated blocks of its files: what deleting them gives back. */
  readonly fileDiskBytes: number;
  /** The same, and the blocks of the directories themselves: what `du` counts. */
  readonly diskBytes: number;
}

export function measureDirectory(directory: string): DirectorySize {
  const size = {
    fileBytes: 0,
    fileDiskBytes: 0,
    diskBytes: lstatSync(directory).blocks * BLOCK_BYTES,
  };
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const stat = lstatSync(join(entry.parentPath, entry.name));
    const diskBytes = stat.blocks * BLOCK_BYTES;
    size.diskBytes += diskBytes;
    if (!stat.isFile()) continue;
    size.fileBytes += stat.size;
    size.fileDiskBytes += diskBytes;
  }
  return size;
}

/** Writes files out: until then some file systems have not decided how many blocks they take. */
export function flushFiles(directory: string): void {
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = openSync(join(entry.parentPath, entry.name), "r+");
    fsyncSync(file);
    closeSync(file);
  }
}

/** What `du -sk` says, in KiB; undefined where there is no such program. */
export function duKib(directory: string): number | undefined {
  const { status, stdout } = spawnSync("du", ["-sk", directory], { encoding: "utf8" });
  return status === 0 ? Number.parseInt(stdout, 10) : undefined;
}
