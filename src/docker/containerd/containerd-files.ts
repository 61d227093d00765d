import { lstatSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import type { ContentInfo } from "./containerd-records.ts";
import { EngineError } from "../engine-error.ts";
import { BLOCK_BYTES } from "../layers/layer-disk-blocks.ts";

/** The files of a containerd, where they can be read: on the same machine, as root. */
export interface ContainerdFiles {
  /** Allocated bytes of a piece of content; undefined when it is not there any more. */
  contentDiskBytes(digest: Digest): number | undefined;
  readContent(digest: Digest): Promise<Uint8Array>;
  /** Allocated bytes of the two folders that a snapshot has around its files, which its usage leaves out. */
  readonly snapshotFolderBytes: number;
}

/**
 * Looks for the files at the usual places: below the engine's data root, where it started this containerd itself, and
 * where a containerd of its own keeps them. `sample` is content that must be there with its size.
 */
export function findContainerdFiles(
  rootDir: string,
  snapshotter: string,
  sample: ContentInfo | undefined,
): ContainerdFiles | undefined {
  if (sample === undefined) return undefined;
  for (const root of [join(rootDir, "containerd", "daemon"), "/var/lib/containerd"]) {
    const blobs = join(root, "io.containerd.content.v1.content", "blobs");
    const pathOf = (digest: Digest): string => join(blobs, ...digest.split(":"));
    if (statIfReadable(pathOf(sample.digest))?.size !== sample.size) continue;
    const snapshots = join(root, `io.containerd.snapshotter.v1.${snapshotter}`, "snapshots");
    const folderBytes =
      statIfReadable(snapshots) === undefined ? undefined : folderBlockBytes(blobs);
    if (folderBytes === undefined) continue;
    return {
      contentDiskBytes(digest) {
        const stats = statIfReadable(pathOf(digest));
        return stats === undefined ? undefined : stats.blocks * BLOCK_BYTES;
      },
      readContent: (digest) => readFile(pathOf(digest)).catch(asEngineError),
      snapshotFolderBytes: 2 * folderBytes,
    };
  }
  return undefined;
}

/** What an almost empty folder takes on that file system: a block on ext4, nothing on XFS. */
function folderBlockBytes(folder: string): number | undefined {
  const stats = statIfReadable(folder);
  return stats === undefined ? undefined : stats.blocks * BLOCK_BYTES;
}

function asEngineError(error: NodeJS.ErrnoException): never {
  const { code = "", path = "", message: detail } = error;
  if (code !== "ENOENT") throw error;
  throw new EngineError("not-found", { address: path, detail, cause: error });
}

function statIfReadable(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return undefined;
    throw error;
  }
}
