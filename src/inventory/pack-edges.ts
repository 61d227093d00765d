import { int32Array } from "./number-arrays.ts";
import { BlobNumbering } from "./blob-numbering.ts";

/** Who uses which blobs, as compressed rows: user `u` has the edges from `offsets[u]` to `offsets[u + 1]`. */
export interface PackedEdges {
  readonly offsets: Int32Array;
  /** Numbers of blobs; a blob that a user names twice is one edge. */
  readonly edges: Int32Array;
  readonly numbering: BlobNumbering;
}

/** Up to this many blobs of one user are searched one by one for a repetition. */
const FEW = 64;

/** Packs the blobs of users, in their order. Linear. */
export function packEdges(users: readonly { readonly blobs?: readonly string[] }[]): PackedEdges {
  let upperBound = 0;
  for (const { blobs } of users) upperBound += blobs?.length ?? 0;
  const numbering = new BlobNumbering(upperBound / 4);
  const edges = int32Array(upperBound);
  const offsets = int32Array(users.length + 1);
  let end = 0;
  let above: readonly string[] = [];
  const numbersAbove: number[] = [];
  for (let user = 0; user < users.length; user += 1) {
    const keys = users[user]?.blobs ?? [];
    const start = end;
    const many = keys.length > FEW ? new Set<number>() : undefined;
    for (let row = 0; row < keys.length; row += 1) {
      const key = keys[row] ?? "";
      // Neighbours in the list often stand on the same base: comparing is cheaper than looking up.
      const blob = key === above[row] ? (numbersAbove[row] ?? 0) : numbering.number(key);
      numbersAbove[row] = blob;
      if (many ? many.has(blob) : includes(edges, start, end, blob)) continue;
      many?.add(blob);
      edges[end] = blob;
      end += 1;
    }
    above = keys;
    offsets[user + 1] = end;
  }
  return { offsets, edges: edges.subarray(0, end), numbering };
}

function includes(edges: Int32Array, start: number, end: number, blob: number): boolean {
  for (let index = start; index < end; index += 1) if (edges[index] === blob) return true;
  return false;
}
