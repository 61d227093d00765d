import { float64Array, int32Array } from "./number-arrays.ts";
import type { Bytes } from "./bytes.ts";

/** A growing set of removals; each answers what it adds. */
export interface Removals {
  readonly freed: Bytes;
  /** Adds the image or cache record at that position. Its marginal bytes; nothing for one that is in the set already. */
  add(position: number): Bytes;
  /** Adds one after the other. What each added, in the same order. */
  addAll(positions: Uint32Array): MarginalBytes;
  /** Takes it out again. The bytes that are no longer freed. */
  takeBack(position: number): Bytes;
}

/** `Bytes` of many at once. */
export interface MarginalBytes {
  readonly bytes: Float64Array;
  readonly diskBytes?: Float64Array;
}

/** Who stands on what, as `PackedEdges` has it, with what each blob takes and who needs it. */
export interface WeighedEdges {
  readonly offsets: Int32Array;
  readonly edges: Int32Array;
  /** Of each blob. */
  readonly bytes: Float64Array;
  readonly disk: Float64Array | undefined;
  /** Of each blob: its users, and one more where something else holds it. */
  readonly holders: Int32Array;
}

/** An empty set. */
export function createRemovals({ offsets, edges, bytes, disk, holders }: WeighedEdges): Removals {
  /** Of each blob: the holders that are not in the set. */
  const left = int32Array(holders.length);
  left.set(holders);
  const isMember = new Uint8Array(offsets.length - 1);
  let freedBytes = 0;
  let freedDisk = 0;
  /** What the last call of `join` or `leave` changed. */
  let lastBytes = 0;
  let lastDisk = 0;

  const join = (user: number): void => {
    lastBytes = 0;
    lastDisk = 0;
    if (isMember[user] !== 0) return;
    isMember[user] = 1;
    const end = offsets[user + 1] ?? 0;
    for (let edge = offsets[user] ?? 0; edge < end; edge += 1) {
      const blob = edges[edge] ?? 0;
      const remaining = (left[blob] ?? 0) - 1;
      left[blob] = remaining;
      if (remaining !== 0) continue;
      lastBytes += bytes[blob] ?? 0;
      if (disk) lastDisk += disk[blob] ?? 0;
    }
    freedBytes += lastBytes;
    freedDisk += lastDisk;
  };
  const leave = (user: number): void => {
    lastBytes = 0;
    lastDisk = 0;
    if (isMember[user] !== 1) return;
    isMember[user] = 0;
    const end = offsets[user + 1] ?? 0;
    for (let edge = offsets[user] ?? 0; edge < end; edge += 1) {
      const blob = edges[edge] ?? 0;
      const remaining = left[blob] ?? 0;
      left[blob] = remaining + 1;
      if (remaining !== 0) continue;
      lastBytes += bytes[blob] ?? 0;
      if (disk) lastDisk += disk[blob] ?? 0;
    }
    freedBytes -= lastBytes;
    freedDisk -= lastDisk;
  };
  const last = (): Bytes =>
    disk ? { bytes: lastBytes, diskBytes: lastDisk } : { bytes: lastBytes };

  return {
    get freed() {
      return disk ? { bytes: freedBytes, diskBytes: freedDisk } : { bytes: freedBytes };
    },
    add(position) {
      join(position);
      return last();
    },
    addAll(positions) {
      const gained = float64Array(positions.length);
      const gainedDisk = disk ? float64Array(positions.length) : undefined;
      for (let index = 0; index < positions.length; index += 1) {
        join(positions[index] ?? 0);
        gained[index] = lastBytes;
        if (gainedDisk) gainedDisk[index] = lastDisk;
      }
      return gainedDisk ? { bytes: gained, diskBytes: gainedDisk } : { bytes: gained };
    },
    takeBack(position) {
      leave(position);
      return last();
    },
  };
}
