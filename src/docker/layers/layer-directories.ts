/** `GraphDriver` of an inspected image or container. */
export interface GraphDriverAnswer {
  readonly Name?: string;
  readonly Data?: { readonly LowerDir?: string; readonly UpperDir?: string } | null;
}

/**
 * The folder names of a stack of layers below the driver's own folder, bottom first, from what the overlay drivers tell:
 * `UpperDir` is the top layer's, `LowerDir` the others', top to bottom, separated by colons.
 */
export function layerNamesOf(driver: GraphDriverAnswer | undefined): readonly string[] {
  const { LowerDir: lower = "", UpperDir: upper = "" } = driver?.Data ?? {};
  return [...lower.split(":").toReversed(), upper].flatMap((path) => {
    const name = /([^/]+)\/diff$/.exec(path)?.[1];
    return name === undefined ? [] : [name];
  });
}

/** One name for each layer of an image; empty when there are not as many. */
export function layerDirectoriesOf(
  driver: GraphDriverAnswer | undefined,
  layerCount: number,
): readonly string[] {
  const names = layerNamesOf(driver);
  return names.length === layerCount ? names : [];
}
