import type { Image } from "../inventory/image.ts";
import { imageUse } from "../inventory/image-use.ts";
import { engineIdentity, type Inventory } from "../inventory/inventory.ts";
import type { Container } from "../inventory/resources.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageReader, ObserveOptions } from "../ports/image-reader.ts";
import type { Remembered, SightingLog } from "../ports/sighting-log.ts";
import { targetKey } from "./target-key.ts";

/**
 * Takes the inventory and fills in what is remembered: since when an image is known, when it was last used, and its
 * arrival where the target does not tell. Where images may be missing from the list nothing is recorded or filled in.
 */
export async function observe(
  reader: ImageReader,
  sightings: SightingLog,
  clock: Clock,
  options: ObserveOptions,
): Promise<Inventory> {
  const inventory = await reader.observe(options);
  if (inventory.unread.includes("images")) return inventory;
  const used = lastUses(inventory);
  const remembered = sightings.record(
    targetKey(inventory.target, inventory.engine && engineIdentity(inventory.engine)),
    inventory.images.map(({ id: imageId }) => {
      const usedAt = used.get(imageId);
      return { imageId, ...(usedAt === undefined ? {} : { usedAt }) };
    }),
    new Date(clock()).toISOString(),
  );
  return {
    ...inventory,
    images: inventory.images.map((image) => withMemory(image, remembered.get(image.id))),
  };
}

function withMemory(image: Image, memory: Remembered | undefined): Image {
  if (memory === undefined) return image;
  const { firstSeenAt, lastUsedAt } = memory;
  return {
    ...image,
    firstSeenAt,
    arrivedAt: image.arrivedAt ?? firstSeenAt,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}

/** The latest use of each image that is visible now: what the target says, and what its containers show. */
function lastUses(inventory: Inventory): ReadonlyMap<string, string> {
  const latest = new Map<string, string>();
  const note = (imageId: string, time: string | undefined): void => {
    const known = latest.get(imageId);
    if (time !== undefined && (known === undefined || Date.parse(time) > Date.parse(known))) {
      latest.set(imageId, time);
    }
  };
  for (const image of inventory.images) note(image.id, image.lastUsedAt);
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
