import type { Descriptor } from "../oci/descriptor.ts";
import { isDigest, type Digest } from "../oci/digest.ts";
import { parseConfigHead } from "../oci/image-config.ts";
import type { ImageManifest } from "../oci/manifest.ts";
import { isImageConfigMediaType, layerPacking } from "../oci/media-type.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { RegistryLayer } from "../ports/registry-lookup.ts";
import { readPlatforms, type ContentSource, type WantedContent } from "./find-content.ts";
import type { RegistryClient } from "./registry-client.ts";

const SCOPE = "registry-layers:1";
/** Configurations take kilobytes; what is larger is not read into memory. */
const MAX_CONFIG_BYTES = 8 * 2 ** 20;

/** The layers of configurations by the digests of their tars. A configuration never changes: each is fetched once for ever. */
export class LayerDiffIds {
  readonly #cache: FactsCache;

  constructor(cache: FactsCache) {
    this.#cache = cache;
  }

  async read(
    client: Pick<RegistryClient, "getBlob">,
    repository: string,
    config: Descriptor,
  ): Promise<readonly Digest[]> {
    const { digest, mediaType, size } = config;
    if (!isImageConfigMediaType(mediaType) || size > MAX_CONFIG_BYTES) return [];
    const known = this.#cache.read(SCOPE, [digest]).get(digest);
    if (known !== undefined) return (JSON.parse(known) as readonly string[]).filter(isDigest);
    const chunks: Uint8Array[] = [];
    for await (const chunk of client.getBlob(repository, digest, size)) chunks.push(chunk);
    const { diffIds } = parseConfigHead(parseJson(Buffer.concat(chunks).toString("utf8")));
    this.#cache.write(SCOPE, new Map([[digest, JSON.stringify(diffIds)]]));
    return diffIds;
  }
}

/** Undefined for what is no JSON: the registry gives what was pushed, whatever that is. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The layers of an image that a registry has now; blobs are asked for by HEAD. Of unknown packing none is told. */
export async function findLayers(
  source: ContentSource & { readonly diffIds: LayerDiffIds },
  wanted: Omit<WantedContent, "imageId">,
): Promise<readonly RegistryLayer[]> {
  const manifests = await readPlatforms(source, wanted);
  if (typeof manifests === "string") return [];
  const found: RegistryLayer[] = [];
  for (const manifest of manifests)
    if (manifest.kind === "manifest")
      found.push(...(await layersIn(source, wanted.repository, manifest)));
  return found;
}

async function layersIn(
  { client, blobs, diffIds }: Pick<ContentSource, "client" | "blobs"> & { diffIds: LayerDiffIds },
  repository: string,
  { config, layers }: ImageManifest,
): Promise<readonly RegistryLayer[]> {
  if (config === undefined) return [];
  const known = await diffIds.read(client, repository, config);
  if (known.length !== layers.length) return [];
  const answers = await Promise.all(
    layers.map(async ({ digest, mediaType, hasUrls }) =>
      hasUrls || layerPacking(mediaType) === undefined
        ? false
        : blobs.has(client, repository, digest),
    ),
  );
  return layers.flatMap(({ digest: blob, mediaType, size: sizeBytes }, position) => {
    const diffId = known[position];
    if (diffId === undefined || answers[position] !== true) return [];
    return { diffId, blob, mediaType, sizeBytes };
  });
}
