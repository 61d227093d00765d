import type { CacheRecord } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";
import type { ContainerdApi } from "./containerd-api.ts";
import type { Lease, LeaseResource } from "./containerd-records.ts";
import type { ContainerdGraph } from "./containerd-graph.ts";
import type { ImageReading, ImagesRead } from "../read-images.ts";

/** What is there and what keeps it. */
export interface Kept {
  readonly graph: ContainerdGraph;
  readonly leases: readonly Lease[];
  readonly resources: ReadonlyMap<string, readonly LeaseResource[]>;
  readonly imageIds: ReadonlySet<Digest>;
  readonly keys: ReadonlySet<string>;
}

/** BuildKit names the leases of a record after it, some with what they are for behind. */
const RECORD_LEASE = /^([a-z0-9]{25})(?:-[a-z]+)?$/;

/**
 * What leases keep of the images' blobs. What a container has of its own image is not counted where that is listed: the
 * image is in use as long as the container is there. A commit of the container stands on more of it.
 */
export async function readContainerdHoldings(
  { containers, buildCache }: ImageReading,
  api: ContainerdApi,
  { graph, leases, resources, imageIds, keys }: Kept,
): Promise<Pick<ImagesRead, "heldBlobs" | "buildCache">> {
  const records = new Map((await buildCache(undefined)).map((record) => [record.id, record]));
  const byId = new Map((await containers).map((container) => [container.id, container]));
  const heldBlobs: Record<string, string> = {};
  const blobsOfRecords = new Map<string, Set<string>>();
  for (const lease of leases) {
    const container = byId.get(lease.id);
    const ownImage =
      container !== undefined && imageIds.has(container.imageId)
        ? graph.standsOn(container.imageId)
        : undefined;
    const record = records.get(RECORD_LEASE.exec(lease.id)?.[1] ?? "");
    const blobs = record === undefined ? undefined : (blobsOfRecords.get(record.id) ?? new Set());
    if (record !== undefined && blobs !== undefined) blobsOfRecords.set(record.id, blobs);
    for (const key of graph.keptBy(lease, resources.get(lease.id) ?? [])) {
      if (!keys.has(key) || ownImage?.has(key)) continue;
      if (blobs !== undefined) blobs.add(key);
      else heldBlobs[key] = container === undefined ? nameOf(lease) : `container ${container.name}`;
    }
  }
  for (const key of graph.keptByLabel())
    if (keys.has(key)) heldBlobs[key] = "a mark in containerd (gc.root)";
  for (const namespace of await api.otherNamespaces()) {
    for (const { digest } of await api.content(namespace)) {
      if (keys.has(digest)) heldBlobs[digest] = `containerd namespace ${namespace}`;
    }
  }
  const withBlobs: CacheRecord[] = [...records.values()].map((record) => ({
    ...record,
    blobs: [...(blobsOfRecords.get(record.id) ?? [])],
  }));
  return { heldBlobs, buildCache: withBlobs };
}

function nameOf(lease: Lease): string {
  const isBuild =
    "buildkit/lease.temporary" in lease.labels || "containerd.io/gc.flat" in lease.labels;
  return isBuild ? "build cache" : `containerd lease ${lease.id}`;
}
