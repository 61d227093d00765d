import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { storeOf } from "../test/harness/engine-kinds.ts";
import type { RunningEngine } from "../test/harness/engines.ts";

/**
 * Bytes of all layers that the engine has, images' and build cache's, by its own record of each: what goes missing here
 * went away. Undefined for a containerd store, which keeps no such record.
 */
export function storedLayerBytes({ kind, dataRoot }: RunningEngine): number | undefined {
  switch (storeOf(kind)) {
    case "graphdriver":
      return sumOf(dockerLayers(join(dataRoot, "image/overlay2/layerdb/sha256")));
    case "podman":
      return sumOf(podmanLayers(join(dataRoot, "overlay-layers/layers.json")));
    case "containerd":
      return undefined;
  }
}

/** A folder for each layer by its chain ID (moby `layer/filestore.go`). */
function dockerLayers(layerDb: string): number[] {
  return readdirSync(layerDb).map((name) =>
    Number(readFileSync(join(layerDb, name, "size"), "utf8")),
  );
}

/** containers/storage `layers.go`; the writable layer of a container has no size. */
function podmanLayers(file: string): number[] {
  const layers = JSON.parse(readFileSync(file, "utf8")) as { "diff-size"?: number }[];
  return layers.map((layer) => layer["diff-size"] ?? 0);
}

function sumOf(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
