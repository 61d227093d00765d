import type { Digest } from "../oci/digest.ts";
import type { ConfigImage } from "./bin-contents.ts";

/** What the documents of one image say. */
export interface RootContents {
  /** Bytes of everything that it stands on, its own document included. */
  readonly sizes: ReadonlyMap<Digest, number>;
  /** Of an image that is known by its configuration. */
  readonly config?: ConfigImage;
  /** Why the image cannot come back, where the documents tell that much. */
  readonly damage?: string;
}
