import { parseManifest } from "../oci/manifest.ts";
import { namedDiffIds, readConfigImage } from "./bin-contents.ts";
import type { BinIndex } from "./bin-index.ts";
import { readDocument } from "./blob-files.ts";
import { renewManifests } from "./renew-manifests.ts";

/**
 * Gives images whose layers are known from their configurations alone, as earlier versions left them, manifests that name
 * them: configurations are about to be closed to whoever has no identity.
 */
export function nameLayers(root: string, index: BinIndex): Promise<void> {
  return renewManifests(root, index, async ({ root: { digest } }) => {
    const document = await readDocument(root, digest);
    const manifest = document.kind === "read" ? parseManifest(document.value) : undefined;
    if (manifest?.kind !== "manifest" || namedDiffIds(manifest) !== undefined) return undefined;
    return readConfigImage(root, digest);
  });
}
