import { stepsOfLayers, type SizeRange } from "../../inventory/layer-sizes.ts";
import type { Digest } from "../../oci/digest.ts";
import type { FactsCache } from "../../ports/facts-cache.ts";
import type { Layer } from "../../ports/image-details.ts";
import { imagePath } from "../connection/api-path.ts";
import type { ContainerdApi } from "../containerd/containerd-api.ts";
import { ContainerdGraph, snapshotKey } from "../containerd/containerd-graph.ts";
import { openContainerd } from "../containerd/containerd-open.ts";
import type { EngineClient } from "../connection/engine-client.ts";
import { FactsBook } from "../facts-book.ts";
import { chainIdsOf } from "./layer-chain.ts";
import { toHistory, type HistoryAnswer } from "./layer-api-sizes.ts";
import { readEngine } from "../read-engine.ts";
import type { InspectedImageAnswer } from "../read-image-facts.ts";
import { engineTime } from "../read-time.ts";

export interface LayerReading {
  readonly client: EngineClient;
  readonly cache: FactsCache;
  readonly containerdAddress?: string;
  readonly signal: AbortSignal;
}

/**
 * The layers of one image, bottom first, with the steps that made them where the history and the sizes that are known
 * leave no doubt. Of a multi-platform image: the layers of the platform that the engine itself shows.
 */
export async function readLayers(reading: LayerReading, id: Digest): Promise<readonly Layer[]> {
  const { client, cache, signal, containerdAddress } = reading;
  const [traits, image, steps] = await Promise.all([
    readEngine(client, signal),
    client.getJson<InspectedImageAnswer>(imagePath(id, "/json"), { signal }),
    client.getJson<readonly HistoryAnswer[] | null>(imagePath(id, "/history"), { signal }),
  ]);
  const diffIds = image.RootFS?.Layers ?? [];
  const chainIds = chainIdsOf(diffIds);
  const history = toHistory(steps ?? []);
  const isContainerd = traits.engine.imageStore === "containerd";
  const sizes = sizesInBook(
    new FactsBook(cache, traits.scope),
    chainIds,
    isContainerd ? snapshotKey : String,
  );
  const candidates = stepsOfLayers({ chainIds, history }, sizes) ?? [];
  const opened = isContainerd
    ? await openContainerd(client, traits, containerdAddress, signal)
    : undefined;
  try {
    const blobOf =
      opened === undefined ? undefined : await compressedBlobs(opened.api, id, traits.driver);
    return diffIds.map((diffId, position): Layer => {
      const chainId = chainIds[position] ?? "";
      const [only, ...others] = candidates[position] ?? [];
      const step = only === undefined || others.length > 0 ? undefined : history[only];
      const createdAt = engineTime(step?.created);
      const content = blobOf?.get(diffId);
      return {
        diffId,
        chainId,
        blobs: isContainerd ? [snapshotKey(chainId), ...(content ?? [])] : [chainId],
        createdBy: step?.createdBy ?? "",
        ...(createdAt === undefined ? {} : { createdAt }),
      };
    });
  } finally {
    opened?.connection.close();
  }
}

function sizesInBook(
  book: FactsBook,
  chainIds: readonly Digest[],
  keyOf: (chainId: Digest) => string,
): ReadonlyMap<Digest, SizeRange> {
  const sizes = new Map<Digest, SizeRange>();
  for (const chainId of chainIds) {
    const facts = book.blobs.get(keyOf(chainId)) ?? book.blobs.get(chainId);
    if (facts?.sizeBytes === undefined || facts.doubt !== undefined) continue;
    sizes.set(chainId, { minBytes: facts.sizeBytes, maxBytes: facts.sizeBytes });
  }
  return sizes;
}

/** The compressed content of each layer of an image: containerd notes on it what it is uncompressed. */
async function compressedBlobs(
  api: ContainerdApi,
  id: Digest,
  snapshotter: string,
): Promise<ReadonlyMap<Digest, readonly Digest[]>> {
  const graph = new ContainerdGraph(await api.content(), [], snapshotter);
  const blobs = new Map<Digest, Digest[]>();
  for (const digest of graph.standsOn(id)) {
    const diffId = graph.content.get(digest)?.labels["containerd.io/uncompressed"];
    if (diffId !== undefined) blobs.set(diffId, [...(blobs.get(diffId) ?? []), digest]);
  }
  return blobs;
}
