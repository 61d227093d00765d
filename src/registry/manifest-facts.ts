import { artifactTypeOf } from "../oci/artifact-type.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image-config.ts";
import { isAttestationEntry, parseManifest } from "../oci/manifest.ts";
import { isImageConfigMediaType } from "../oci/media-type.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import { readDocumentBlob } from "./read-document-blob.ts";
import { ManifestTexts } from "./manifest-texts.ts";
import type { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";

/** What never changes for a manifest's digest, in any registry: fetched once, kept on disk. Plain JSON. */
export interface ManifestFacts {
  readonly kind: "manifest" | "index";
  readonly mediaType: string;
  /** Of the document itself. */
  readonly sizeBytes: number;
  /** Configuration and layers, with their bytes; of an index none. */
  readonly blobs: readonly (readonly [digest: Digest, sizeBytes: number])[];
  /** Manifests that an index lists, in its order. */
  readonly children: readonly Digest[];
  readonly subject?: Digest;
  readonly artifactType?: string;
  /** Of the configuration, or of the `created` annotation. */
  readonly createdAt?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly platforms: readonly string[];
}

const SCOPE = "registry-manifests:2";

/** Reads facts of manifests, and remembers them. */
export class ManifestFactsReader {
  readonly #client: RegistryClient;
  readonly #cache: FactsCache;
  readonly #texts: ManifestTexts;
  readonly #known = new Map<Digest, ManifestFacts>();

  constructor(client: RegistryClient, cache: FactsCache) {
    this.#client = client;
    this.#cache = cache;
    this.#texts = new ManifestTexts(cache);
  }

  /** Takes from the disk what is known of these, in one reading. */
  recall(digests: Iterable<Digest>): void {
    const asked = [...new Set(digests)].filter((digest) => !this.#known.has(digest));
    for (const [digest, text] of this.#cache.read(SCOPE, asked))
      this.#known.set(digest, JSON.parse(text) as ManifestFacts);
  }

  /** Undefined when the repository does not have it. */
  async read(repository: string, digest: Digest): Promise<ManifestFacts | undefined> {
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const fetched = await this.#client.getManifest(repository, digest);
    if (fetched === undefined) return undefined;
    // Whoever removes it, or looks for it from elsewhere, need not fetch it again.
    this.#texts.keep(digest, fetched.bytes.toString("utf8"));
    const manifest = parseManifest(parseJson(fetched.bytes, this.#client.registry, digest));
    if (manifest.kind === "malformed")
      throw new RegistryError("bad-content", {
        registry: this.#client.registry,
        request: `GET ${repository}@${digest}`,
        detail: manifest.detail,
      });
    const artifactType = artifactTypeOf(manifest);
    const common = {
      kind: manifest.kind,
      mediaType: fetched.mediaType,
      sizeBytes: fetched.sizeBytes,
      ...(manifest.subject === undefined ? {} : { subject: manifest.subject.digest }),
      ...(artifactType === undefined ? {} : { artifactType }),
    };
    const facts: ManifestFacts =
      manifest.kind === "index"
        ? {
            ...common,
            blobs: [],
            children: manifest.manifests.map((child) => child.digest),
            labels: {},
            platforms: manifest.manifests.flatMap((child) =>
              child.platform === undefined || isAttestationEntry(child)
                ? []
                : [formatPlatform(child.platform)],
            ),
          }
        : {
            ...common,
            blobs: [...(manifest.config ? [manifest.config] : []), ...manifest.layers].map(
              (blob) => [blob.digest, blob.size] as const,
            ),
            children: [],
            ...(await this.#configFacts(repository, manifest)),
          };
    this.#remember(digest, facts);
    return facts;
  }

  #remember(digest: Digest, facts: ManifestFacts): void {
    this.#known.set(digest, facts);
    this.#cache.write(SCOPE, new Map([[digest, JSON.stringify(facts)]]));
  }

  async #configFacts(
    repository: string,
    {
      config,
      annotations,
    }: {
      config?: { digest: Digest; mediaType: string };
      annotations: Readonly<Record<string, string>>;
    },
  ): Promise<Pick<ManifestFacts, "createdAt" | "labels" | "platforms">> {
    const stated = annotations["org.opencontainers.image.created"];
    const created = stated === undefined ? {} : { createdAt: stated };
    if (config === undefined || !isImageConfigMediaType(config.mediaType))
      return { ...created, labels: {}, platforms: [] };
    const { createdAt, labels, platform } = parseImageConfig(
      parseJson(
        await readDocumentBlob(this.#client, repository, config.digest),
        this.#client.registry,
        config.digest,
      ),
    );
    return {
      ...(createdAt === undefined ? created : { createdAt }),
      labels,
      platforms: platform === undefined ? [] : [formatPlatform(platform)],
    };
  }
}

function parseJson(bytes: Buffer, registry: string, digest: Digest): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw new RegistryError("bad-content", {
      registry,
      request: `GET ${digest}`,
      detail: "it is not JSON",
      cause,
    });
  }
}
