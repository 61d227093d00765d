import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image-config.ts";
import { formatPlatform } from "../oci/platform.ts";
import { BLOCK_BYTES } from "./layer-disk-blocks.ts";
import { chainIdsOf } from "./layer-chain.ts";
import type { LayerStore, StoredLayer } from "./layer-graphdriver.ts";
import { engineTime } from "./read-time.ts";

/**
 * The layers of a Docker graphdriver in its data root: `layerdb` has a folder for each chain ID with the files `size`,
 * `cache-id` and `parent` (moby `layer/filestore.go`), `imagedb` a file for each image with its
 * configuration (moby `image/fs.go`). Undefined where there is no such root, it is not ours to read, or it
 * names itself another engine's.
 */
export async function openLayerRoot(
  rootDir: string,
  driver: string,
  engineId: string | undefined,
): Promise<LayerStore | undefined> {
  if (rootDir === "" || driver === "") return undefined;
  const driverDir = join(rootDir, driver);
  const imageDb = join(rootDir, "image", driver, "imagedb");
  const layerDb = join(rootDir, "image", driver, "layerdb");
  try {
    await access(join(layerDb, "sha256"), constants.R_OK | constants.X_OK);
    await access(driverDir, constants.R_OK | constants.X_OK);
  } catch {
    return undefined;
  }
  // Docker 23 and later keep their ID in the root.
  const namedId = await readFile(join(rootDir, "engine-id"), "utf8").catch(() => undefined);
  if (namedId !== undefined && engineId !== undefined && namedId.trim() !== engineId)
    return undefined;

  const taggedAtOf = (id: Digest): string | undefined =>
    engineTime(readIfThere(join(imageDb, "metadata", ...id.split(":"), "lastUpdated")));
  const folderOf = (chainId: Digest): string => join(layerDb, ...chainId.split(":"));
  const known = new Map<Digest, StoredLayer>();
  // overlay2 has a short link to each layer, in a block of its own where the target is too long for the inode.
  const linkBytesByLength = new Map<number, number>();
  return {
    rootDir,
    addsUp: true,
    readImage(id) {
      const document = parseIfJson(readIfThere(join(imageDb, "content", ...id.split(":"))));
      if (document === undefined) return undefined;
      const config = parseImageConfig(document);
      const createdAt = engineTime(config.createdAt);
      const taggedAt = taggedAtOf(id);
      return {
        ...(createdAt === undefined ? {} : { createdAt }),
        platforms: config.platform === undefined ? [] : [formatPlatform(config.platform)],
        chainIds: chainIdsOf(config.diffIds),
        ...(taggedAt === undefined ? {} : { taggedAt }),
      };
    },
    taggedAt: taggedAtOf,
    chainIds: () => readdirSync(join(layerDb, "sha256")).map((hex) => `sha256:${hex}`),
    read(chainId) {
      const before = known.get(chainId);
      if (before !== undefined) return before;
      const size = readIfThere(join(folderOf(chainId), "size"));
      const directory = readIfThere(join(folderOf(chainId), "cache-id"))?.trim();
      if (size === undefined || !/^\d+\s*$/.test(size) || !directory) return undefined;
      const layer = { sizeBytes: Number(size), directory };
      known.set(chainId, layer);
      return layer;
    },
    foldersOf: (chainId, directory) => [join(driverDir, directory), folderOf(chainId)],
    linkBytes(directory) {
      const known = linkBytesByLength.get(directory.length);
      if (known !== undefined) return known;
      const name = readIfThere(join(driverDir, directory, "link"))?.trim();
      const stats = name && lstatSync(join(driverDir, "l", name), { throwIfNoEntry: false });
      const bytes = stats ? stats.blocks * BLOCK_BYTES : 0;
      linkBytesByLength.set(directory.length, bytes);
      return bytes;
    },
    parentOfContainer: (containerId) =>
      readIfThere(join(layerDb, "mounts", containerId, "parent"))?.trim() || undefined,
    parentOf: (chainId) => readIfThere(join(folderOf(chainId), "parent"))?.trim() || undefined,
  };
}

/** A file that is being written, or was damaged, tells nothing: the engine is asked instead. */
function parseIfJson(text = ""): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR", "EACCES"].includes((error as NodeJS.ErrnoException).code ?? ""))
      return undefined;
    throw error;
  }
}
