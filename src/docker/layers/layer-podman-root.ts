import { lstatSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Digest } from "../../oci/digest.ts";
import { BLOCK_BYTES, measureTree } from "./layer-disk-blocks.ts";
import { nextChainId } from "./layer-chain.ts";
import type { LayerStore } from "./layer-graphdriver.ts";

/** One element of `overlay-layers/layers.json` (containers/storage `layers.go`), as far as it is read. */
export interface PodmanLayer {
  readonly id: string;
  readonly parent?: string;
  readonly "diff-digest"?: Digest;
  readonly "diff-size"?: number;
}

/** One element of `overlay-containers/containers.json`. */
interface PodmanContainer {
  readonly id: string;
  readonly layer?: string;
}

/** The layers of a Podman in its graph root. Undefined where that cannot be read. */
export async function openPodmanRoot(
  rootDir: string,
  driver: string,
): Promise<LayerStore | undefined> {
  const driverDir = join(rootDir, driver);
  const layersDir = join(rootDir, `${driver}-layers`);
  const layers = await readList<PodmanLayer>(join(layersDir, "layers.json"));
  if (layers === undefined) return undefined;
  // Layers of containers are in a file of their own where their content need not outlive the machine's start.
  const ofContainers = (await readList<PodmanLayer>(join(layersDir, "volatile-layers.json"))) ?? [];
  const containers =
    (await readList<PodmanContainer>(join(rootDir, `${driver}-containers`, "containers.json"))) ??
    [];
  const byId = new Map([...layers, ...ofContainers].map((layer) => [layer.id, layer]));
  const chainIds = chainIdsOfPodman(layers);
  const byChain = new Map([...chainIds].map(([id, chainId]) => [chainId, byId.get(id)]));
  const parentOf = (layer: PodmanLayer | undefined): Digest | undefined =>
    chainIds.get(layer?.parent ?? "");
  const filesOf = (directory: string): string => join(driverDir, directory);
  return {
    rootDir,
    addsUp: false,
    readImage: () => undefined,
    taggedAt: () => undefined,
    foldersAhead: () =>
      [...byChain.values()].flatMap((layer) => (layer ? [filesOf(layer.id)] : [])),
    read(chainId) {
      const layer = byChain.get(chainId);
      return layer && { sizeBytes: layer["diff-size"] ?? 0, directory: layer.id };
    },
    filesOf,
    bytesBeside(chainId, directory) {
      const description = join(layersDir, `${byChain.get(chainId)?.id}.tar-split.gz`);
      const name = readIfThere(join(filesOf(directory), "link"))?.trim();
      const link = name && lstatSync(join(driverDir, "l", name), { throwIfNoEntry: false });
      return (measureTree(description) ?? 0) + (link ? link.blocks * BLOCK_BYTES : 0);
    },
    parentOfContainer(containerId) {
      const container = containers.find(({ id }) => id === containerId);
      return parentOf(byId.get(container?.layer ?? ""));
    },
    parentOf: (chainId) => parentOf(byChain.get(chainId)),
  };
}

/** Chain IDs by layer ID. The list is in no order; the first layer that has a chain ID stands for it. */
export function chainIdsOfPodman(layers: readonly PodmanLayer[]): ReadonlyMap<string, Digest> {
  const byId = new Map(layers.map((layer) => [layer.id, layer]));
  const chainIds = new Map<string, Digest>();
  const chainIdOf = (layer: PodmanLayer): Digest | undefined => {
    const known = chainIds.get(layer.id);
    if (known !== undefined) return known;
    const diffId = layer["diff-digest"];
    if (diffId === undefined) return undefined;
    const parent = layer.parent ? byId.get(layer.parent) : undefined;
    const below = parent && chainIdOf(parent);
    if (layer.parent && below === undefined) return undefined;
    const chainId = nextChainId(below, diffId);
    chainIds.set(layer.id, chainId);
    return chainId;
  };
  for (const layer of layers) chainIdOf(layer);
  return chainIds;
}

async function readList<T>(path: string): Promise<readonly T[] | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T[];
  } catch {
    // Not there, not ours to read, or being written: the engine's own answers must do.
    return undefined;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
