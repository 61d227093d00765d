import type { Digest } from "../oci/digest.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import type { StoredLayer } from "./bin-contents.ts";
import type { BinIndex } from "./bin-index.ts";
import { renewManifests } from "./renew-manifests.ts";

/** Lets all images stand on these layers, in place of others of the same tar; what that leaves to nobody can be swept. */
export function replaceLayers(
  root: string,
  index: BinIndex,
  catalogue: BinCatalogue,
  byDiffId: ReadonlyMap<Digest, StoredLayer>,
): Promise<void> {
  return renewManifests(root, index, async (record) => {
    const { config } = await catalogue.contentsOf(record);
    if (config === undefined) return undefined;
    const layers = new Map(config.layers);
    for (const [diffId, stored] of config.layers) {
      const other = byDiffId.get(diffId);
      if (other !== undefined && other.digest !== stored.digest) layers.set(diffId, other);
    }
    const isSame = [...layers].every(([diffId, layer]) => config.layers.get(diffId) === layer);
    return isSame ? undefined : { ...config, layers };
  });
}
