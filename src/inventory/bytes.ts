/** Bytes in the target's own accounting, and in allocated disk blocks where every blob concerned was measured. */
export interface Bytes {
  readonly bytes: number;
  readonly diskBytes?: number;
}

/** Sums bytes; disk bytes only where every part has them. */
export function addBytes(left: Bytes, right: Bytes): Bytes {
  const bytes = left.bytes + right.bytes;
  if (left.diskBytes === undefined || right.diskBytes === undefined) return { bytes };
  return { bytes, diskBytes: left.diskBytes + right.diskBytes };
}
