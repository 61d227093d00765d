import { int32Array } from "./number-arrays.ts";
import type { Digest } from "../oci/digest.ts";
import type { BlobNumbering } from "./blob-numbering.ts";
import type { Bytes } from "./bytes.ts";
import type { Inventory } from "./inventory.ts";
import { packEdges } from "./pack-edges.ts";
import { createRemovals, type Removals } from "./removals.ts";

export { addBytes, type Bytes } from "./bytes.ts";
export type { Removals } from "./removals.ts";

/**
 * Who stands on what: images and build-cache records are the users, blobs what they use. Bytes freed by a set of
 * removals are those of the blobs that no user is left for. Building it is linear in the number of edges; each question
 * is linear in the edges of the users it names.
 */
export interface ContentGraph {
  /** Every blob once, those that nothing reaches included. */
  readonly total: Bytes;
  /** Every blob that an image or cache record stands on, once. */
  readonly reached: Bytes;
  /** Freed by removing exactly these images (or cache records), and nothing else. Unknown IDs free nothing. */
  freedBy(ids: Iterable<Digest>): Bytes;
  /** What only this image stands on. */
  exclusive(id: Digest): Bytes;
  /** What it shares with another image, or what something else holds. */
  shared(id: Digest): Bytes;
  /** How many images and cache records stand on the blob. */
  usersOf(blobKey: string): number;
  /** Starts an empty set of removals. */
  removals(): Removals;
  /** Where an image or cache record stands: images in the order of the inventory, then the records. */
  positionOf(id: Digest): number | undefined;
}

/** Builds the graph of an inventory. Blob keys that an image names and `Inventory.blobs` lacks count as 0 bytes. */
export function createContentGraph(inventory: Inventory): ContentGraph {
  const users = [...inventory.images, ...inventory.buildCache];
  const { offsets, edges, numbering } = packEdges(users);
  const { blobs, diskBytes = {} } = inventory;
  const bytes = numbering.map((key) => blobs[key] ?? 0);
  const measured = inventory.diskBytes && numbering.map((key) => diskBytes[key] ?? Number.NaN);
  const disk = measured?.some(Number.isNaN) ? undefined : measured;
  let positions: Map<string, number> | undefined;
  const positionOf = (id: string): number | undefined => {
    positions ??= new Map(users.map((user, index) => [user.id, index]));
    return positions.get(id);
  };

  const held = heldNumbers(numbering, inventory.heldBlobs);
  const holders = countHolders(edges, numbering.size, held);
  const asBytes = (sum: number, diskSum: number): Bytes =>
    disk ? { bytes: sum, diskBytes: diskSum } : { bytes: sum };

  /** Sums the blobs of a user that `counts` accepts. */
  const sumOf = (user: number | undefined, accepts: (blob: number) => boolean): Bytes => {
    if (user === undefined) return asBytes(0, 0);
    let sum = 0;
    let diskSum = 0;
    for (let edge = offsets[user] ?? 0; edge < (offsets[user + 1] ?? 0); edge += 1) {
      const blob = edges[edge] ?? 0;
      if (!accepts(blob)) continue;
      sum += bytes[blob] ?? 0;
      if (disk) diskSum += disk[blob] ?? 0;
    }
    return asBytes(sum, diskSum);
  };

  const removals = (): Removals => createRemovals({ offsets, edges, bytes, disk, holders });

  return {
    get total() {
      return asBytes(
        sumValues(inventory.blobs),
        inventory.diskBytes ? sumValues(inventory.diskBytes) : 0,
      );
    },
    reached: asBytes(sumArray(bytes), disk ? sumArray(disk) : 0),
    freedBy(ids) {
      const set = removals();
      for (const id of ids) {
        const position = positionOf(id);
        if (position !== undefined) set.add(position);
      }
      return set.freed;
    },
    exclusive: (id) => sumOf(positionOf(id), (blob) => holders[blob] === 1),
    shared: (id) => sumOf(positionOf(id), (blob) => (holders[blob] ?? 0) > 1),
    usersOf(blobKey) {
      const blob = numbering.find(blobKey);
      return blob === undefined ? 0 : (holders[blob] ?? 0) - (held.has(blob) ? 1 : 0);
    },
    removals,
    positionOf,
  };
}

function heldNumbers(
  numbering: BlobNumbering,
  heldBlobs: Inventory["heldBlobs"],
): ReadonlySet<number> {
  return new Set(Object.keys(heldBlobs).flatMap((key) => numbering.find(key) ?? []));
}

/** Of each blob: its users, and one more where something else holds it. */
function countHolders(edges: Int32Array, blobs: number, held: ReadonlySet<number>): Int32Array {
  const holders = int32Array(blobs);
  for (const blob of edges) holders[blob] = (holders[blob] ?? 0) + 1;
  for (const blob of held) holders[blob] = (holders[blob] ?? 0) + 1;
  return holders;
}

function sumValues(sizes: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const key in sizes) sum += sizes[key] ?? 0;
  return sum;
}

function sumArray(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
