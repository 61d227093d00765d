import type { Digest } from "../oci/digest.ts";
import type { Inventory } from "./inventory.ts";
import { packEdges } from "./pack-edges.ts";

/** Bytes in the target's own accounting, and in allocated disk blocks where every blob concerned was measured. */
export interface Bytes {
  readonly bytes: number;
  readonly diskBytes?: number;
}

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

/** A growing set of removals; each answers what it adds. */
export interface Removals {
  readonly freed: Bytes;
  /** Adds the image or cache record at that position. Its marginal bytes; nothing for one that is in the set already. */
  add(position: number): Bytes;
  /** Takes it out again. The bytes that are no longer freed. */
  takeBack(position: number): Bytes;
}

/** Builds the graph of an inventory. Blob keys that an image names and `Inventory.blobs` lacks count as 0 bytes. */
export function createContentGraph(inventory: Inventory): ContentGraph {
  const users = [...inventory.images, ...inventory.buildCache];
  const sizes: number[] = [];
  const diskSizes: number[] = [];
  let everyBlobMeasured = inventory.diskBytes !== undefined;
  const { offsets, edges, numbering } = packEdges(users, (key) => {
    sizes.push(inventory.blobs[key] ?? 0);
    if (!everyBlobMeasured) return;
    const measured = inventory.diskBytes?.[key];
    if (measured === undefined) everyBlobMeasured = false;
    else diskSizes.push(measured);
  });
  let positions: Map<string, number> | undefined;
  const positionOf = (id: string): number | undefined => {
    positions ??= new Map(users.map((user, index) => [user.id, index]));
    return positions.get(id);
  };

  const count = numbering.size;
  const bytes = new Float64Array(sizes);
  const disk = everyBlobMeasured ? new Float64Array(diskSizes) : undefined;
  const useCount = new Int32Array(count);
  for (const edge of edges) useCount[edge] = (useCount[edge] ?? 0) + 1;
  const held = new Uint8Array(count);
  for (const key of Object.keys(inventory.heldBlobs)) {
    const blob = numbering.find(key);
    if (blob !== undefined) held[blob] = 1;
  }
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

  const removals = (): Removals => {
    const gone = new Int32Array(count);
    const isMember = new Uint8Array(users.length);
    let freed = asBytes(0, 0);
    const shift = (by: Bytes, sign: 1 | -1): void => {
      freed = asBytes(
        freed.bytes + sign * by.bytes,
        (freed.diskBytes ?? 0) + sign * (by.diskBytes ?? 0),
      );
    };
    const isFreed = (blob: number): boolean => held[blob] === 0 && gone[blob] === useCount[blob];
    const joins = (blob: number): boolean => {
      gone[blob] = (gone[blob] ?? 0) + 1;
      return isFreed(blob);
    };
    const leaves = (blob: number): boolean => {
      const wasFreed = isFreed(blob);
      gone[blob] = (gone[blob] ?? 0) - 1;
      return wasFreed;
    };
    return {
      get freed() {
        return freed;
      },
      add(position) {
        if (isMember[position] !== 0) return asBytes(0, 0);
        isMember[position] = 1;
        const gain = sumOf(position, joins);
        shift(gain, 1);
        return gain;
      },
      takeBack(position) {
        if (isMember[position] !== 1) return asBytes(0, 0);
        isMember[position] = 0;
        const loss = sumOf(position, leaves);
        shift(loss, -1);
        return loss;
      },
    };
  };

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
    exclusive: (id) => sumOf(positionOf(id), (blob) => useCount[blob] === 1 && held[blob] === 0),
    shared: (id) => sumOf(positionOf(id), (blob) => (useCount[blob] ?? 0) > 1 || held[blob] === 1),
    usersOf(blobKey) {
      const blob = numbering.find(blobKey);
      return blob === undefined ? 0 : (useCount[blob] ?? 0);
    },
    removals,
    positionOf,
  };
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

/** Sums bytes; disk bytes only where every part has them. */
export function addBytes(left: Bytes, right: Bytes): Bytes {
  const bytes = left.bytes + right.bytes;
  if (left.diskBytes === undefined || right.diskBytes === undefined) return { bytes };
  return { bytes, diskBytes: left.diskBytes + right.diskBytes };
}
