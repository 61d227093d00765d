import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import { parseConfigHead } from "../../oci/image-config.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { ImageFiles } from "../image-files.ts";
import { chainIdsOf, type KnownChains } from "./layer-chain.ts";
import { LayerFolders } from "./layer-folders.ts";
import type { LayerStore, StoredLayer } from "./layer-graphdriver.ts";
import { engineTime } from "../read-time.ts";

/**
 * The layers of a Docker graphdriver in its data root: `layerdb` has a folder for each chain ID with the files `size`,
 * `cache-id` and `parent` (moby `layer/filestore.go`), `imagedb` a file for each image with its
 * configuration (moby `image/fs.go`). Undefined where there is no such root, it is not ours to read, or it
 * names itself another engine's.
 */
export function openLayerRoot(
  rootDir: string,
  driver: string,
  engineId: string | undefined,
): LayerStore | undefined {
  if (rootDir === "" || driver === "") return undefined;
  const driverDir = join(rootDir, driver);
  const folder = join(rootDir, "image", driver);
  const imageDb = join(folder, "imagedb");
  const contentDb = join(folder, "imagedb/content/");
  const layerDb = join(folder, "layerdb");
  try {
    accessSync(join(layerDb, "sha256"), constants.R_OK | constants.X_OK);
    accessSync(driverDir, constants.R_OK | constants.X_OK);
  } catch {
    return undefined;
  }
  // Docker 23 and later keep their ID in the root.
  const namedId = readIfThere(join(rootDir, "engine-id"))?.trim();
  if (namedId !== undefined && engineId !== undefined && namedId !== engineId) return undefined;

  const images = new ImageFiles(folder);
  let noted: ReadonlySet<Digest> | undefined;
  const taggedAtOf = (id: Digest): string | undefined => {
    noted ??= images.noted();
    if (!noted.has(id)) return undefined;
    return engineTime(readIfThere(join(imageDb, "metadata", ...id.split(":"), "lastUpdated")));
  };
  const layersOfSha256 = `${layerDb}/sha256/`;
  const descriptionOf = (chainId: Digest): string =>
    layersOfSha256 + chainId.slice("sha256:".length);
  const known = new Map<Digest, StoredLayer>();
  const knownChains: KnownChains = new Map();
  const folders = new LayerFolders(driverDir, layerDb);
  return {
    rootDir,
    addsUp: true,
    ...(namedId === undefined || namedId !== engineId ? {} : { images }),
    readImage(id) {
      const document = parseIfJson(readIfThere(`${contentDb}${id.replace(":", "/")}`));
      if (document === undefined) return undefined;
      const config = parseConfigHead(document);
      const createdAt = engineTime(config.createdAt);
      const taggedAt = taggedAtOf(id);
      return {
        ...(createdAt === undefined ? {} : { createdAt }),
        platforms: config.platform === undefined ? [] : [formatPlatform(config.platform)],
        labels: config.labels,
        chainIds: chainIdsOf(config.diffIds, knownChains),
        ...(taggedAt === undefined ? {} : { taggedAt }),
      };
    },
    taggedAt: taggedAtOf,
    foldersAhead: () => folders.ahead(),
    read(chainId) {
      const before = known.get(chainId);
      if (before !== undefined) return before;
      const size = readIfThere(`${descriptionOf(chainId)}/size`);
      const directory = readIfThere(`${descriptionOf(chainId)}/cache-id`)?.trim();
      if (size === undefined || !/^\d+\s*$/.test(size) || !directory) return undefined;
      const layer = { sizeBytes: Number(size), directory };
      known.set(chainId, layer);
      return layer;
    },
    filesOf: (directory) => folders.filesOf(directory),
    bytesBeside: (chainId, directory, isLowest) =>
      folders.bytesBeside(descriptionOf(chainId), directory, isLowest),
    parentOfContainer: (containerId) =>
      readIfThere(join(layerDb, "mounts", containerId, "parent"))?.trim() || undefined,
    parentOf: (chainId) => readIfThere(`${descriptionOf(chainId)}/parent`)?.trim() || undefined,
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
