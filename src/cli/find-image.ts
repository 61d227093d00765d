import type { Image } from "../inventory/image.ts";
import { resolveImage } from "../inventory/resolve-image.ts";
import { familiarName } from "../oci/reference.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError } from "./cli-error.ts";
import { suggest } from "./suggest.ts";
import { existingImage } from "./typed-name.ts";
import { nameImage } from "./view-human/view-image.ts";

/** An ambiguous ID is answered with so many of the images it could be. */
const MAX_CANDIDATES = 5;

/** The image that a person means; throws an error that helps where there is none, or more than one. */
export function findImage(
  context: CliContext,
  images: readonly Image[],
  text: string,
  target?: string,
): Image {
  const resolution = resolveImage(images, text);
  switch (resolution.kind) {
    case "found":
      return resolution.image;
    case "ambiguous": {
      const candidates = resolution.images
        .slice(0, MAX_CANDIDATES)
        .map((image) => `  ${image.id}  ${nameImage(image)}`);
      const more = resolution.images.length - candidates.length;
      throw new CliError(`"${text}" could be any of ${resolution.images.length} images`, [
        "Say more of the ID:",
        ...candidates,
        ...(more > 0 ? [`  and ${more} more`] : []),
      ]);
    }
    case "not-found": {
      const near = resolution.near.map(familiarName);
      if (near.length === 0) existingImage(text);
      throw new CliError(`there is no image "${text}"`, [
        ...(near.length > 0 ? [`Did you mean ${near.join(" or ")}?`] : []),
        `${suggest(context, target, "images")} lists what is there.`,
      ]);
    }
  }
}
