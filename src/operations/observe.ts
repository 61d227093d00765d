import type { Image } from "../inventory/image.ts";
import { imageUse } from "../inventory/image-use.ts";
import { engineIdentity, type Inventory } from "../inventory/inventory.ts";
import type { Container } from "../inventory/resources.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import type { PullEvidence } from "../ports/pull-log.ts";
import type { Remembered, SightingLog } from "../ports/sighting-log.ts";
import { lastPulls, watchedSince } from "./pull-evidence.ts";
import { targetKey } from "./target-key.ts";

/** What is known of pulls from the registry at hand. */
export type ReadPulls = (now: string) => PullEvidence | undefined;

/**
 * Takes the inventory and fills in what is remembered: since when an image is known, when it was last used, and its
 * arrival where the target does not tell. Use of a registry shows in pulls alone: where nobody listened to them, nothing is
 * known of it, unless the registry itself tells. Where images may be missing from the list nothing is recorded or filled in;
 * where only repositories are, what they hold stays remembered.
 */
export async function observe(
  reader: ImageReader,
  sightings: SightingLog,
  clock: Clock,
  options: ObserveOptions,
  readPulls?: ReadPulls,
): Promise<Inventory> {
  const inventory = await reader.observe(options);
  if (inventory.unread.includes("images")) return inventory;
  const now = new Date(clock()).toISOString();
  const isRegistry = inventory.target.kind === "registry";
  const pulls = isRegistry ? readPulls?.(now) : undefined;
  const used = lastUses(inventory, pulls);
  const remembered = sightings.record(
    targetKey(inventory.target, inventory.engine && engineIdentity(inventory.engine)),
    inventory.images.map(({ id: imageId }) => {
      const usedAt = used.get(imageId);
      return { imageId, ...(usedAt === undefined ? {} : { usedAt }) };
    }),
    now,
    inventory.unread.includes("repositories") ? notReadWhole(inventory.images) : undefined,
  );
  return {
    ...inventory,
    images: inventory.images.map((image) => {
      const memory = remembered.get(image.id);
      if (memory === undefined) return image;
      // A registry that tells when it was pulled has watched it itself.
      const isWatched = !isRegistry || image.lastUsedAt !== undefined;
      const { firstSeenAt } = memory;
      const watched = isWatched ? firstSeenAt : watchedSince(firstSeenAt, pulls);
      return withMemory(image, memory, image.firstSeenAt ?? watched);
    }),
  };
}

/** Tells by ID which images may be in a repository that was not read whole, or not at all. */
function notReadWhole(images: readonly Image[]): (imageId: string) => boolean {
  const repositoryOf = (imageId: string): string => imageId.slice(0, imageId.lastIndexOf("@"));
  const unreadable = images.filter((image) => image.unreadable !== undefined);
  const whole = new Set(images.map(({ id }) => repositoryOf(id)));
  for (const { id } of unreadable) whole.delete(repositoryOf(id));
  return (imageId) => !whole.has(repositoryOf(imageId));
}

function withMemory(image: Image, memory: Remembered, watched: string | undefined): Image {
  const { firstSeenAt, lastUsedAt } = memory;
  return {
    ...image,
    ...(watched === undefined ? {} : { firstSeenAt: watched }),
    arrivedAt: image.arrivedAt ?? firstSeenAt,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

/** The latest use of each image that is visible now: what the target says, and what its containers show. */
function lastUses(
  inventory: Inventory,
  pulls: PullEvidence | undefined,
): ReadonlyMap<string, string> {
  const latest = new Map<string, string>();
  const note = (imageId: string, time: string | undefined): void => {
    const known = latest.get(imageId);
    if (time !== undefined && (known === undefined || Date.parse(time) > Date.parse(known))) {
      latest.set(imageId, time);
    }
  };
  for (const image of inventory.images) note(image.id, image.lastUsedAt);
  if (pulls) for (const [id, at] of lastPulls(inventory.images, pulls)) note(id, at);
  const containers = new Map(inventory.containers.map((container) => [container.id, container]));
  for (const [imageId, uses] of imageUse(inventory)) {
    for (const { id } of uses) note(imageId, lastUseBy(containers.get(id), inventory.takenAt));
  }
  return latest;
}

function lastUseBy(container: Container | undefined, now: string): string | undefined {
  if (container === undefined) return undefined;
  const { state, createdAt, startedAt, finishedAt } = container;
  if (state === "created") return createdAt;
  return state === "exited" || state === "dead" ? (finishedAt ?? startedAt ?? createdAt) : now;
}
