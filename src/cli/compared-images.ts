import type { Image } from "../inventory/image.ts";
import type { CliContext } from "./cli-context.ts";
import { findImage } from "./find-image.ts";

/** Throws where an image that `before=` or `since=` compares with is not there: every image would be of unknown age. */
export function requireComparedImages(
  context: CliContext,
  images: readonly Image[],
  filters: readonly string[] = [],
): void {
  for (const filter of filters) {
    const [, text] = /^(?:before|since)=(.+)$/s.exec(filter) ?? [];
    if (text !== undefined) findImage(context, images, text);
  }
}
