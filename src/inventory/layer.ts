import type { Digest } from "../oci/digest.ts";
import type { ImageConfig } from "../oci/image-config.ts";
import type { ImageManifest } from "../oci/manifest.ts";

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

/**
 * The layers of a manifest, for targets that keep each as one blob. An artifact has no diff IDs; its layers stand for
 * themselves. `sha256` answers the hex digest of a text.
 */
export function layersOfManifest(
  { layers }: Pick<ImageManifest, "layers">,
  { diffIds, history }: Pick<ImageConfig, "diffIds" | "history">,
  sha256: (text: string) => string,
): readonly Layer[] {
  const steps = history.filter(({ emptyLayer }) => !emptyLayer);
  let chainId: Digest | undefined;
  return layers.map(({ digest }, position): Layer => {
    const diffId = diffIds[position] ?? digest;
    // image-spec, config.md#layer-chainid.
    chainId = chainId === undefined ? diffId : `sha256:${sha256(`${chainId} ${diffId}`)}`;
    const step = steps[position];
    return {
      diffId,
      chainId,
      blobs: [digest],
      createdBy: step?.createdBy ?? "",
      ...(step?.createdAt === undefined ? {} : { createdAt: step.createdAt }),
    };
  });
}
