import type { Digest } from "../../oci/digest.ts";
import { parseImageConfig, type ImageConfig } from "../../oci/image-config.ts";
import { isAttestationEntry, parseManifest } from "../../oci/manifest.ts";
import { formatPlatform } from "../../oci/platform.ts";
import type { ContainerdGraph } from "./containerd-graph.ts";
import type { ImageFacts } from "../facts-book.ts";
import { engineTime } from "../read-time.ts";

type ReadContent = (digest: Digest) => Promise<Uint8Array>;

interface PresentManifest {
  readonly digest: Digest;
  /** Of an image, not an attestation; absent where it is not there itself. */
  readonly config?: ImageConfig;
  /** All that it stands on is there. */
  readonly isWhole: boolean;
}

/**
 * What an image's documents tell: of the manifest itself, or of all manifests of the index that are there. Labels and
 * creation are those of the engine's own platform, else of the first one, whole ones before others.
 */
export async function readContainerdFacts(
  id: Digest,
  graph: ContainerdGraph,
  read: ReadContent,
  ownArchitecture: string,
): Promise<ImageFacts> {
  const manifests = await presentManifests(id, graph, read, false);
  const wholeFirst = manifests.toSorted((a, b) => Number(b.isWhole) - Number(a.isWhole));
  const configs = wholeFirst.flatMap(({ config }) => config ?? []);
  const own =
    configs.find((config) => config.platform?.architecture === ownArchitecture) ?? configs[0];
  const createdAt = engineTime(own?.createdAt);
  const platforms = manifests.flatMap(({ config, isWhole }) =>
    isWhole && config?.platform !== undefined ? [formatPlatform(config.platform)] : [],
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
  if (isAttestation || config === undefined || !graph.content.has(config.digest))
    return [{ digest, isWhole: false }];
  // Labels protect an image that has lost some of its content as well.
  return [
    {
      digest,
      config: parseImageConfig(await readJson(config.digest, read)),
      isWhole: layers.every((layer) => graph.content.has(layer.digest)),
    },
  ];
}

/** Undefined for what is not JSON: artifacts may have a configuration of any kind. */
async function readJson(digest: Digest, read: ReadContent): Promise<unknown> {
  const text = new TextDecoder().decode(await read(digest));
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
