import type { Digest } from "../../oci/digest.ts";

/** A quicker way to look at images than the engine's API, where there is one (containerd's own). */
export interface ImageIndex {
  /** Undefined when no image has this digest. Names as they are stored, dangling records included. */
  lookup(
    id: Digest,
  ): Promise<
    { readonly names: readonly string[]; readonly taggedAt?: string | undefined } | undefined
  >;
  /** Which of these keys of `Inventory.blobs` are still there. */
  blobsStillThere?(keys: readonly string[]): Promise<readonly string[]>;
  /** Bytes of all content, in the accounting of `Inventory.blobs`. */
  contentBytes?(): Promise<number>;
}
