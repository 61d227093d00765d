import type { Digest } from "../oci/digest.ts";

/** The recovery bin, looked at without making or changing anything. */
export interface BinView {
  /** Where it is, or would be. */
  readonly directory: string;
  /** Of its file system, for this user; undefined where it cannot be told. */
  readonly freeBytes?: number;
  /** True when the content is there: a blob, or the uncompressed tar of a layer in whatever form it is stored. */
  holds(digest: Digest): boolean;
  /** Whether it shares a file system with this path; false where that cannot be looked at. */
  isOnDiskOf(path: string): Promise<boolean>;
}
