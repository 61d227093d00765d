import type { Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { RegistryClient } from "./registry-client.ts";

const SCOPE = "registry-manifest-texts:1";

/**
 * Manifests as they are stored. One that was fetched before, from whatever repository, is only asked for by HEAD: a digest's
 * text never changes, and Docker Hub counts every GET of a manifest as a pull.
 */
export class ManifestTexts {
  readonly #cache: FactsCache;

  constructor(cache: FactsCache) {
    this.#cache = cache;
  }

  /** Undefined when the repository does not have it now. */
  async read(
    client: Pick<RegistryClient, "headManifest" | "getManifest">,
    repository: string,
    digest: Digest,
  ): Promise<string | undefined> {
    const known = this.#recall(digest);
    if (known === undefined) return this.fetch(client, repository, digest);
    const head = await client.headManifest(repository, digest);
    if (head === undefined || (head !== "unchanged" && head.digest !== digest)) return undefined;
    return known;
  }

  /** The same without asking whether the repository still has one that was fetched before. */
  async fetch(
    client: Pick<RegistryClient, "getManifest">,
    repository: string,
    digest: Digest,
  ): Promise<string | undefined> {
    const known = this.#recall(digest);
    if (known !== undefined) return known;
    const fetched = await client.getManifest(repository, digest);
    if (fetched === undefined) return undefined;
    const text = fetched.bytes.toString("utf8");
    this.keep(digest, text);
    return text;
  }

  keep(digest: Digest, text: string): void {
    this.#cache.write(SCOPE, new Map([[digest, JSON.stringify(text)]]));
  }

  #recall(digest: Digest): string | undefined {
    const known = this.#cache.read(SCOPE, [digest]).get(digest);
    return known === undefined ? undefined : (JSON.parse(known) as string);
  }
}
