import type { EngineClient } from "../connection/engine-client.ts";
import type { ImageIndex } from "./image-index.ts";

/**
 * What all content takes by the engine's own count, where two such counts can be subtracted: layers on a graphdriver,
 * snapshots and content on the containerd store from 28 on (26 leaves the content out). Podman 4 counts nothing.
 */
export async function readContentBytes(
  client: EngineClient,
  options: { readonly imageStore: "graphdriver" | "containerd"; readonly imageIndex?: ImageIndex },
): Promise<number | undefined> {
  if (options.imageIndex?.contentBytes !== undefined) return options.imageIndex.contentBytes();
  if (options.imageStore === "containerd" && !client.supports("1.51")) return undefined;
  // Without `type` the engine would also measure containers, volumes and build cache.
  const query = { type: client.supports("1.42") ? "image" : undefined };
  const usage = await client.getJson<{ LayersSize?: number; ImageUsage?: { TotalSize?: number } }>(
    "/system/df",
    { query },
  );
  const bytes = usage.LayersSize ?? usage.ImageUsage?.TotalSize;
  return client.engine.product === "podman" && bytes === 0 ? undefined : bytes;
}
