import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import { chainIdsOf } from "../layers/layer-chain.ts";
import type { EngineTraits } from "../read-engine.ts";

/** Layers of this driver lie in folders of their own; others keep differences to the one below, or none. */
const DRIVER = "overlay2";
const CACHE_ID = /^[\w-]+$/;

/** What the tar of a layer is made again from. */
export interface LayerPlace {
  readonly tarSplit: string;
  /** The layer's files as they were unpacked. */
  readonly files: string;
}

/** Where a data root has the content of images. */
export class StoredLayers {
  readonly #root: string;

  constructor(rootDir: string) {
    this.#root = rootDir;
  }

  /** The configuration's own file; undefined where it cannot be read. */
  configFile(config: Digest): string | undefined {
    const file = join(this.#imageFolder, "imagedb/content", ...config.split(":"));
    return isReadable(file, constants.R_OK) ? file : undefined;
  }

  /** Of those layers of a stack, bottom first, that are wanted, each once; undefined where one of them cannot be read. */
  placesOf(
    diffIds: readonly Digest[],
    isWanted: (diffId: Digest) => boolean = () => true,
  ): ReadonlyMap<Digest, LayerPlace> | undefined {
    const places = new Map<Digest, LayerPlace>();
    for (const [index, chainId] of chainIdsOf(diffIds).entries()) {
      const diffId = diffIds[index] ?? "";
      if (!isWanted(diffId) || places.has(diffId)) continue;
      const place = this.#placeOf(chainId);
      if (place === undefined) return undefined;
      places.set(diffId, place);
    }
    return places;
  }

  /** Whether all that an image is made of is there to be read. What is in the files only reading them tells. */
  hasAll(config: Digest, diffIds: readonly Digest[]): boolean {
    return this.configFile(config) !== undefined && this.placesOf(diffIds) !== undefined;
  }

  get #imageFolder(): string {
    return join(this.#root, "image", DRIVER);
  }

  #placeOf(chainId: Digest): LayerPlace | undefined {
    const folder = join(this.#imageFolder, "layerdb", ...chainId.split(":"));
    const tarSplit = join(folder, "tar-split.json.gz");
    const cacheId = readName(join(folder, "cache-id"));
    if (cacheId === undefined || !CACHE_ID.test(cacheId)) return undefined;
    const files = join(this.#root, DRIVER, cacheId, "diff");
    const { R_OK, X_OK } = constants;
    return isReadable(tarSplit, R_OK) && isReadable(files, R_OK | X_OK)
      ? { tarSplit, files }
      : undefined;
  }
}

/** Whether images of the engine may be read this way at all. */
export function readsStoredLayers({
  engine,
  driver,
  isLocal,
}: Pick<EngineTraits, "engine" | "driver" | "isLocal">): boolean {
  return (
    isLocal &&
    engine.product === "docker" &&
    engine.imageStore === "graphdriver" &&
    driver === DRIVER &&
    engine.rootDir !== ""
  );
}

function isReadable(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

function readName(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
