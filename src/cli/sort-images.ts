import { familiarName } from "../oci/reference.ts";
import type { ListedImage } from "../operations/list-images.ts";

export const SORT_KEYS = ["created", "exclusive", "name", "size", "used"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

/** Largest and latest first, names from A; unknown times last. Ties go by name, then by ID. */
export function sortImages(images: readonly ListedImage[], key: SortKey): readonly ListedImage[] {
  return images.toSorted(
    (a, b) => ORDERS[key](a, b) || byName(a, b) || compare(a.image.id, b.image.id),
  );
}

/** For lists that have a line for each name: in the order of the names, those of one image need not stand together. */
export function sortNames(images: readonly ListedImage[]): readonly ListedImage[] {
  const oneEach = images.flatMap((listed) =>
    listed.names.length < 2 ? [listed] : listed.names.map((name) => ({ ...listed, names: [name] })),
  );
  return sortImages(oneEach, "name");
}

type Order = (a: ListedImage, b: ListedImage) => number;

/** As docker prints it; what has no name comes last. */
function nameOf({ names: [name] }: ListedImage): string {
  return name === undefined ? "\uFFFF" : familiarName(name);
}

const byName: Order = (a, b) => compare(nameOf(a), nameOf(b));

const ORDERS: Readonly<Record<SortKey, Order>> = {
  created: (a, b) => latest(a.image.createdAt, b.image.createdAt),
  used: (a, b) => latest(a.image.lastUsedAt, b.image.lastUsedAt),
  size: (a, b) => b.image.sizeBytes - a.image.sizeBytes,
  exclusive: (a, b) => b.exclusive.bytes - a.exclusive.bytes,
  name: byName,
};

function latest(a: string | undefined, b: string | undefined): number {
  return msOf(b) - msOf(a);
}

/** Unknown is before everything. */
function msOf(time: string | undefined): number {
  const atMs = Date.parse(time ?? "");
  return Number.isNaN(atMs) ? Number.MIN_SAFE_INTEGER : atMs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
