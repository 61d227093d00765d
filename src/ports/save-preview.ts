import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";

/** What keeping an image would meet with, known before anything of its content is read. */
export interface SavePreview {
  /** Why its content cannot be had safely, or not whole, in words. */
  readonly obstacle?: string;
  /** What each blob of the image is stored by, where the target's own keys are others: bottom layer first. */
  readonly diffIds?: readonly Digest[];
}

/** Looks at an image before it is kept elsewhere; answers an empty preview for one that is gone. */
export type PreviewSave = (
  image: Pick<Image, "id" | "platforms">,
  signal: AbortSignal,
) => Promise<SavePreview>;
