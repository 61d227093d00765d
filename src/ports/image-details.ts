import type { Digest } from "../oci/digest.ts";

/** One layer of an image, bottom first. */
export interface Layer {
  readonly diffId: Digest;
  readonly chainId: Digest;
  /** Keys of `Inventory.blobs` that this layer takes (a snapshot, a compressed blob). */
  readonly blobs: readonly string[];
  /** The instruction that made it, as the image's history has it; empty when unknown. */
  readonly createdBy: string;
  readonly createdAt?: string;
}

/** Looks at one image more closely than an inventory does. */
export interface ImageDetails {
  /** The target's own description of the image (engine: `GET /images/{id}/json`; layout: manifest and config). */
  raw(id: Digest): Promise<unknown>;
  layers(id: Digest): Promise<readonly Layer[]>;
}
