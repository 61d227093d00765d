import type { Image } from "../inventory/image.ts";
import { INVENTORY_SCHEMA, type Inventory } from "../inventory/inventory.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import { contentBelow } from "./bin-contents.ts";
import type { BinRecords } from "./bin-index.ts";
import { hasBlob } from "./has-blob.ts";
import type { RecoveryRecord } from "./recovery-records.ts";

/**
 * A bin as a target that the planner can decide about. Names are left out: an image is in the bin by itself, whatever it was
 * called, and two removals of one name are two images. `sizesOf` answers the bytes of an image's blobs as they are stored.
 */
export async function binInventory(
  root: string,
  { records, foreign }: BinRecords,
  sizesOf: (record: RecoveryRecord) => Promise<ReadonlyMap<Digest, number>>,
  takenAt: string,
): Promise<Inventory> {
  const blobs = new Map<string, number>();
  const images: Image[] = [];
  for (const record of records) {
    const sizes = await sizesOf(record);
    for (const [digest, size] of sizes) blobs.set(digest, size);
    images.push(imageOf(record, sizes));
  }
  return {
    schema: INVENTORY_SCHEMA,
    target: { kind: "layout", name: "recovery bin", address: `oci:${root}` },
    takenAt,
    complete: true,
    problems: [],
    unread: [],
    accuracy: { kind: "exact" },
    images,
    blobs: Object.fromEntries(blobs),
    heldBlobs: await heldByOthers(root, foreign),
    containers: [],
    services: [],
    volumes: [],
    networks: [],
    buildCache: [],
  };
}

function imageOf({ key, image }: RecoveryRecord, sizes: ReadonlyMap<string, number>): Image {
  const isKnown = !Number.isNaN(Date.parse(image.removedAt));
  return {
    id: key,
    references: [],
    repoDigests: [],
    ...(isKnown ? { arrivedAt: image.removedAt } : {}),
    labels: {},
    platforms: [],
    sizeBytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
    blobs: [...sizes.keys()],
  };
}

async function heldByOthers(
  root: string,
  foreign: readonly Descriptor[],
): Promise<Readonly<Record<string, string>>> {
  const held: Record<string, string> = {};
  for (const descriptor of foreign) {
    const has = ({ digest }: Descriptor): boolean => hasBlob(root, digest);
    const { present } = await contentBelow(root, [descriptor], has);
    for (const digest of present.keys()) held[digest] = "an image that others have put there";
  }
  return held;
}

/** What an image shares with others, by the blob. */
export async function sharersOf(
  records: readonly RecoveryRecord[],
  catalogue: BinCatalogue,
  digests: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const sharers = new Map<string, string[]>();
  for (const record of records) {
    const { sizes } = await catalogue.contentsOf(record);
    for (const digest of sizes.keys()) {
      if (!digests.has(digest)) continue;
      sharers.set(digest, [...(sharers.get(digest) ?? []), record.key]);
    }
  }
  return sharers;
}
