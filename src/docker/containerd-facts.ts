import type { Digest } from "../oci/digest.ts";
import { parseImageConfig, type ImageConfig } from "../oci/image-config.ts";
import { isAttestationEntry, parseManifest } from "../oci/manifest.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { ContainerdGraph } from "./containerd-graph.ts";
import type { ImageFacts } from "./facts-book.ts";
import { engineTime } from "./read-time.ts";

type ReadContent = (digest: Digest) => Promise<Uint8Array>;

interface PresentManifest {
  readonly digest: Digest;
  /** Of a runnable image whose content is all there. */
  readonly config?: ImageConfig;
}

/**
 * What an image's documents tell: of the manifest itself, or of all manifests of the index that are there. Labels and
 * creation are those of the engine's own platform, else of the first one.
 */
export async function readContainerdFacts(
  id: Digest,
  graph: ContainerdGraph,
  read: ReadContent,
  ownArchitecture: string,
): Promise<ImageFacts> {
  const manifests = await presentManifests(id, graph, read, false);
  const configs = manifests.flatMap(({ config }) => (config === undefined ? [] : [config]));
  const own =
    configs.find((config) => config.platform?.architecture === ownArchitecture) ?? configs[0];
  const createdAt = engineTime(own?.createdAt);
  const platforms = configs.flatMap(({ platform }) =>
    platform === undefined ? [] : [formatPlatform(platform)],
  );
  return {
    ...(createdAt === undefined ? {} : { createdAt }),
    platforms: [...new Set(platforms)],
    chainIds: [],
    labels: own?.labels ?? {},
    manifests: manifests.map(({ digest }) => digest),
    seenAs: containerdSeenAs(id, graph),
  };
}

/** Another platform of an index may be pulled later, under the same ID. */
export function containerdSeenAs(id: Digest, graph: ContainerdGraph): string {
  return `${graph.standsOn(id).size} keys`;
}

async function presentManifests(
  digest: Digest,
  graph: ContainerdGraph,
  read: ReadContent,
  isAttestation: boolean,
): Promise<readonly PresentManifest[]> {
  if (!graph.content.has(digest)) return [];
  const manifest = parseManifest(await readJson(digest, read));
  if (manifest.kind === "malformed") return [];
  if (manifest.kind === "index") {
    const nested = manifest.manifests.map((entry) =>
      presentManifests(entry.digest, graph, read, isAttestationEntry(entry)),
    );
    return (await Promise.all(nested)).flat();
  }
  const { config, layers } = manifest;
  const isWhole =
    config !== undefined && [config, ...layers].every((part) => graph.content.has(part.digest));
  if (!isWhole || isAttestation) return [{ digest }];
  return [{ digest, config: parseImageConfig(await readJson(config.digest, read)) }];
}

async function readJson(digest: Digest, read: ReadContent): Promise<unknown> {
  return JSON.parse(new TextDecoder().decode(await read(digest)));
}
