import type { Layer } from "../inventory/layer.ts";
import type { Digest } from "../oci/digest.ts";

export type { Layer } from "../inventory/layer.ts";

/** Looks at one image more closely than an inventory does. */
export interface ImageDetails {
  /** The target's own description of the image (engine: `GET /images/{id}/json`; layout: manifest and config). */
  raw(id: Digest): Promise<unknown>;
  layers(id: Digest): Promise<readonly Layer[]>;
}
