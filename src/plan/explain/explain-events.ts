import type { Image } from "../../inventory/image.ts";
import type { Use } from "../../inventory/image-use.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import type { Container } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";
import type { CalendarUnit, DurationMs } from "../../policy/policy.ts";

/** Something that may happen to an image, in the world and not in the policy. */
export type ImageEvent =
  /** `until` is the last moment at which the answer is as it is now. RFC 3339. */
  | { readonly kind: "time-passes"; readonly until: string }
  | { readonly kind: "uses-end"; readonly uses: readonly Use[] }
  /** These names mean another image, or none. */
  | { readonly kind: "names-leave"; readonly references: readonly string[] }
  /** Images like it come: newer ones, higher versions, or one in each of so many further days, weeks, … */
  | {
      readonly kind: "newer-images";
      readonly count: number;
      /** What counts them. */
      readonly group: string;
      readonly by: Succession;
    }
  /** What needs it goes. */
  | { readonly kind: "holders-go"; readonly images: readonly Pick<Image, "id" | "references">[] }
  /** What could not be read can be read, and nothing in it uses the image. */
  | { readonly kind: "use-becomes-known" }
  /** The disk is full, where more than this share of it (0 to 1) asks for space. */
  | { readonly kind: "disk-fills"; readonly fromShare: number }
  /** It is used, or comes, once more. */
  | { readonly kind: "active-again" }
  /** A container is made of it, and runs. */
  | { readonly kind: "use-begins" };

export type Succession = "age" | "version" | CalendarUnit;

const DAY_MS = 86_400_000;
/** Images that come are made so far apart that each is counted by itself. */
const NEXT_AFTER_MS: Readonly<Record<Succession, DurationMs>> = {
  age: 1,
  version: 1,
  daily: DAY_MS,
  weekly: 7 * DAY_MS,
  monthly: 31 * DAY_MS,
  yearly: 366 * DAY_MS,
};

/** What decisions are made from. */
export interface World {
  readonly inventory: Inventory;
  readonly nowMs: number;
}

/** The world after an event that concerns that image. */
export function after(event: ImageEvent, world: World, id: Digest): World {
  const { inventory, nowMs } = world;
  const withImages = (images: readonly Image[]): World => ({
    ...world,
    inventory: { ...inventory, images },
  });
  const changing = (change: (image: Image) => Image): World =>
    withImages(inventory.images.map((image) => (image.id === id ? change(image) : image)));
  switch (event.kind) {
    case "time-passes":
      return { ...world, nowMs: Date.parse(event.until) + 1 };
    case "uses-end": {
      const gone = new Set(event.uses.map((use) => use.id));
      return {
        ...world,
        inventory: {
          ...inventory,
          containers: inventory.containers.filter((container) => !gone.has(container.id)),
          services: inventory.services.filter((service) => !gone.has(service.id)),
        },
      };
    }
    case "names-leave": {
      const left = new Set(event.references);
      return changing((image) => ({
        ...image,
        references: image.references.filter((reference) => !left.has(reference)),
      }));
    }
    case "newer-images": {
      const image = inventory.images.find((each) => each.id === id);
      if (image === undefined) return world;
      const newer = Array.from({ length: event.count }, (_, index) =>
        newerThan(image, index + 1, event, nowMs),
      );
      return withImages([...inventory.images, ...newer]);
    }
    case "holders-go": {
      const gone = new Set(event.images.map((image) => image.id));
      return withImages(inventory.images.filter((image) => !gone.has(image.id)));
    }
    case "use-becomes-known":
      return { ...world, inventory: { ...inventory, complete: true, unread: [] } };
    case "disk-fills":
      return { ...world, inventory: withFullDisk(inventory) };
    case "active-again": {
      const now = new Date(nowMs).toISOString();
      const active = { arrivedAt: now, lastUsedAt: now, firstSeenAt: now };
      // Looked at a little later: what is kept for no time at all would stay for that moment only.
      return { ...changing((image) => ({ ...image, ...active })), nowMs: nowMs + 1 };
    }
    case "use-begins": {
      const containers = [...inventory.containers, containerOf(id, nowMs)];
      return { ...world, inventory: { ...inventory, containers } };
    }
  }
}

/** One that every rule takes for the next of its kind. It has its own content, which nothing is measured of. */
function newerThan(
  image: Image,
  step: number,
  { by }: Extract<ImageEvent, { kind: "newer-images" }>,
  nowMs: number,
): Image {
  const at = new Date(nowMs + step * NEXT_AFTER_MS[by]).toISOString();
  const { id, labels, platforms, sizeBytes, references, repoDigests } = image;
  return {
    id: `${id}-newer-${step}`,
    references: references.map((reference) =>
      by === "version" ? raiseVersion(reference, step) : reference,
    ),
    repoDigests,
    createdAt: at,
    arrivedAt: at,
    lastUsedAt: at,
    firstSeenAt: at,
    labels,
    platforms,
    sizeBytes,
    blobs: [],
  };
}

/** `app:v1.2.3` by 2 is `app:v1.2.5`. A tag that is no version stays. */
function raiseVersion(reference: string, by: number): string {
  return reference.replace(
    /:(v?\d+)(?:\.(\d+))?(?:\.(\d+))?([^:/]*)$/,
    (_, major: string, minor = "0", patch = "0", rest = "") =>
      `:${major}.${minor}.${Number(patch) + by}${rest}`,
  );
}

function containerOf(imageId: Digest, nowMs: number): Container {
  const now = new Date(nowMs).toISOString();
  return {
    id: `${imageId}-container`,
    name: "new",
    image: imageId,
    imageId,
    state: "running",
    createdAt: now,
    startedAt: now,
    labels: {},
    imageMounts: [],
    volumes: [],
    networks: [],
  };
}

function withFullDisk(inventory: Inventory): Inventory {
  const { engine } = inventory;
  if (engine?.disk === undefined) return inventory;
  return { ...inventory, engine: { ...engine, disk: { ...engine.disk, freeBytes: 0 } } };
}
