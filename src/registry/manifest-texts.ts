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
    const known = this.#cache.read(SCOPE, [digest]).get(digest);
    if (known !== undefined) {
      const head = await client.headManifest(repository, digest);
      if (head === undefined || (head !== "unchanged" && head.digest !== digest)) return undefined;
      return JSON.parse(known) as string;
    }
    const fetched = await client.getManifest(repository, digest);
    if (fetched === undefined) return undefined;
    const text = fetched.bytes.toString("utf8");
    this.#cache.write(SCOPE, new Map([[digest, JSON.stringify(text)]]));
    return text;
  }
}
