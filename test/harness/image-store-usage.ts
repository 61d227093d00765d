import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { allocatedBytes } from "./du.ts";
import { storeOf } from "./engine-kinds.ts";
import type { RunningEngine } from "./engines.ts";

export interface ImageStoreUsage {
  /** Unpacked layers: layer folders of a graph driver, snapshots of the containerd store. */
  layersBytes: number;
  /** Compressed blobs, manifests and configs of the containerd store; 0 elsewhere. */
  contentBytes: number;
  /** What the store keeps about layers and images beside them. */
  metadataBytes: number;
}

/** What the images of an engine, its build cache and its containers' own layers take on disk, in allocated bytes. */
export function imageStoreUsage(engine: Pick<RunningEngine, "kind" | "dataRoot">): ImageStoreUsage {
  switch (storeOf(engine.kind)) {
    case "graphdriver":
      return {
        layersBytes: allocatedBytes(...graphdriverLayerFolders(engine.dataRoot)),
        contentBytes: 0,
        metadataBytes: allocatedBytes(join(engine.dataRoot, "image")),
      };
    case "containerd": {
      const { content, snapshots } = containerdStoreFolders(engine.dataRoot);
      return {
        layersBytes: allocatedBytes(snapshots),
        contentBytes: allocatedBytes(content),
        metadataBytes: 0,
      };
    }
    case "podman":
      return {
        layersBytes: allocatedBytes(...podmanLayerFolders(engine.dataRoot)),
        contentBytes: 0,
        metadataBytes: allocatedBytes(
          join(engine.dataRoot, "overlay-layers"),
          join(engine.dataRoot, "overlay-images"),
        ),
      };
  }
}

/** One folder for each layer, by its cache ID; `l` holds nothing but short links to them. */
function graphdriverLayerFolders(dataRoot: string): string[] {
  return entriesBut(join(dataRoot, "overlay2"), "l");
}

function podmanLayerFolders(dataRoot: string): string[] {
  return entriesBut(join(dataRoot, "overlay"), "l");
}

function containerdStoreFolders(dataRoot: string): { content: string; snapshots: string } {
  const root = join(dataRoot, "containerd/daemon");
  return {
    content: join(root, "io.containerd.content.v1.content/blobs"),
    snapshots: join(root, "io.containerd.snapshotter.v1.overlayfs/snapshots"),
  };
}

function entriesBut(folder: string, excluded: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name !== excluded)
    .map((name) => join(folder, name));
}
