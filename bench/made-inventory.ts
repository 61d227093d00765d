import { createHash } from "node:crypto";
import type { Image } from "../src/inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory } from "../src/inventory/inventory.ts";

const LAYERS = { common: 5, group: 4, own: 3 } as const;
const GROUP_SIZE = 10;
const IMAGES_PER_REPOSITORY = 50;
const DAY_MS = 86_400_000;

/** Hex SHA-256 of texts one after another. */
export function sha256(chunks: Iterable<string>): string {
  const hash = createHash("sha256");
  let pending = "";
  for (const chunk of chunks) {
    pending += chunk;
    if (pending.length < 65_536) continue;
    hash.update(pending);
    pending = "";
  }
  return hash.update(pending).digest("hex");
}

/** Eight hex digits that look as random as those of a digest. */
function spread(number: number): string {
  return (Math.imul(number ^ (number >>> 15), 0x2c1b3c6d) >>> 0).toString(16).padStart(8, "0");
}

/**
 * An inventory of `count` images with 12 layers each: 5 that all share, 4 shared by groups of 10, 3 of their own; 50
 * images to a repository, dated a day apart and more, a twentieth of them dangling, one container for every hundred.
 */
export function madeInventory(count: number, now: string): Inventory {
  const nowMs = Date.parse(now);
  const blobs: Record<string, number> = {};
  const layer = (kind: string, number: number): string => {
    const key = `sha256:${kind}${spread(number)}${number.toString(16).padStart(46, "0")}${spread(number + 1)}`;
    blobs[key] = 1_000_003 + (number % 977);
    return key;
  };
  const images: Image[] = [];
  const common = Array.from({ length: LAYERS.common }, (_, index) => layer("aa", index));
  let group: string[] = [];
  for (let index = 0; index < count; index += 1) {
    if (index % GROUP_SIZE === 0)
      group = Array.from({ length: LAYERS.group }, (_, each) =>
        layer("bb", index * LAYERS.group + each),
      );
    const own = Array.from({ length: LAYERS.own }, (_, each) =>
      layer("cc", index * LAYERS.own + each),
    );
    const repository = `registry.example.com/team/app-${Math.floor(index / IMAGES_PER_REPOSITORY)}`;
    const at = new Date(nowMs - (index % 400) * DAY_MS - index).toISOString();
    images.push({
      id: `sha256:${((index * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0")}${index.toString(16).padStart(56, "0")}`,
      references: index % 20 === 0 ? [] : [`${repository}:1.${index % IMAGES_PER_REPOSITORY}`],
      repoDigests: [],
      createdAt: at,
      arrivedAt: at,
      labels: {},
      platforms: ["linux/amd64"],
      sizeBytes: 12_000_036,
      blobs: [...common, ...group, ...own],
    });
  }
  return {
    schema: INVENTORY_SCHEMA,
    target: { kind: "engine", name: "made", address: "made" },
    takenAt: now,
    complete: true,
    problems: [],
    unread: [],
    accuracy: { kind: "exact" },
    images,
    blobs,
    heldBlobs: {},
    containers: images
      .filter((_, index) => index % 100 === 7)
      .map((image, index) => ({
        id: index.toString(16).padStart(64, "0"),
        name: `c${index}`,
        image: image.references[0] ?? image.id,
        imageId: image.id,
        state: "running",
        createdAt: now,
        labels: {},
        imageMounts: [],
        volumes: [],
        networks: [],
      })),
    services: [],
    volumes: [],
    networks: [],
    buildCache: [],
  };
}
