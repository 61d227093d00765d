import type { Image } from "../inventory/image.ts";
import { isRunning } from "../inventory/image-use.ts";
import type { Container } from "../inventory/resources.ts";
import type { Digest } from "../oci/digest.ts";
import type { ImageFacts } from "./facts-book.ts";
import type { ListedImage } from "./read-image-list.ts";
import { engineTime, latest } from "./read-time.ts";

/**
 * The latest moment at which a container that still exists used each image: now, for one that runs; else when it was
 * made, started or ended.
 */
export function usedAtByImage(
  containers: readonly Container[],
  now: string,
): ReadonlyMap<Digest, string> {
  const usedAt = new Map<Digest, string>();
  for (const container of containers) {
    const at = isRunning(container)
      ? now
      : latest(container.createdAt || undefined, container.startedAt, container.finishedAt);
    const later = latest(usedAt.get(container.imageId), at);
    if (later !== undefined) usedAt.set(container.imageId, later);
  }
  return usedAt;
}

/**
 * An image from the list and the look. It arrived when it was last given a name; one that the classic builder made here
 * (only those have a parent) arrived when it was made.
 */
export function toImage(
  listed: ListedImage,
  facts: ImageFacts | undefined,
  more: {
    blobs: readonly string[];
    platforms: readonly string[];
    lastUsedAt?: string;
    unreadable?: string;
  },
): Image {
  const createdAt = facts?.createdAt ?? engineTime(listed.created);
  const arrivedAt = facts?.taggedAt ?? (listed.parent === undefined ? undefined : createdAt);
  return {
    id: listed.id,
    references: listed.references,
    repoDigests: listed.repoDigests,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
    ...(more.lastUsedAt === undefined ? {} : { lastUsedAt: more.lastUsedAt }),
    labels: listed.labels,
    platforms: more.platforms,
    sizeBytes: listed.sizeBytes,
    blobs: more.blobs,
    ...(listed.parent === undefined ? {} : { parent: listed.parent }),
    ...(more.unreadable === undefined ? {} : { unreadable: more.unreadable }),
  };
}
