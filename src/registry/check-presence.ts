import type { Digest } from "../oci/digest.ts";
import type { ContentCheck } from "../ports/content-check.ts";
import { splitImageId } from "./image-id.ts";
import { inParallel } from "./in-parallel.ts";
import type { RegistryClient } from "./registry-client.ts";

/**
 * Asks the registry for everything by HEAD: reading manifests would count as pulls in a registry that remembers those. That
 * bytes are what their digest says is left to the server.
 */
export function createPresenceCheck(
  openClient: (signal: AbortSignal) => RegistryClient,
): ContentCheck {
  return async ({ images }, { signal, onProgress }) => {
    const client = openClient(signal);
    const manifests = new Set(images.map(({ id }) => splitImageId(id).digest));
    const blobs = new Map<string, { repository: string; digest: Digest; image: string }>();
    const problems: string[] = [];
    let done = 0;
    await inParallel(images, signal, async ({ id, blobs: stood }) => {
      const { repository, digest } = splitImageId(id);
      if ((await client.headManifest(repository, digest)) === undefined)
        problems.push(`${id} is not there any more`);
      for (const blob of stood)
        if (!manifests.has(blob))
          blobs.set(`${repository}@${blob}`, { repository, digest: blob, image: id });
      onProgress?.({ step: "looking for manifests", done: (done += 1), total: images.length });
    });
    done = 0;
    await inParallel(blobs.values(), signal, async ({ repository, digest, image }) => {
      if ((await client.headBlob(repository, digest)) === undefined)
        problems.push(`${image} lacks its blob ${digest}`);
      onProgress?.({ step: "looking for blobs", done: (done += 1), total: blobs.size });
    });
    return problems.toSorted();
  };
}
