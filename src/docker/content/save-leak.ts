import type { Engine } from "../../inventory/inventory.ts";
import type { Digest } from "../../oci/digest.ts";

/** Layer references that a save takes and never gives back: moby 25.0.0 and later, `saveConfigAndLayer`. */
const FIRST_LEAKING_MAJOR = 25;

/**
 * Why an image of these layers is never to be saved by the engine; undefined where nothing speaks against it. There the
 * data root is the only source, so this is what to tell where that cannot be read.
 */
export function saveLeak(
  { product, version, imageStore }: Pick<Engine, "product" | "version" | "imageStore">,
  diffIds: readonly Digest[],
): string | undefined {
  const leaks =
    product === "docker" &&
    imageStore === "graphdriver" &&
    Number.parseInt(version, 10) >= FIRST_LEAKING_MAJOR;
  if (!leaks || new Set(diffIds).size === diffIds.length) return undefined;
  return (
    `it cannot be saved safely: it has the same layer twice, and saving it makes Docker ${version} keep its layers on ` +
    "the disk for good; nor can all of them be read from its data root, as root on its own machine may"
  );
}

/** A save that was not asked for. What else can be known of the image is no way to its content. */
export class UnsafeSaveError extends Error {
  override readonly name = "UnsafeSaveError";
  readonly kind = "unsafe-save";
}
