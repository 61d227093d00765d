import { isDigest } from "../oci/digest.ts";
import { formatPlatform } from "../oci/platform.ts";
import type { HubRepository, RegistryFinding } from "../ports/registry-finder.ts";
import { objectsIn, textIn, timeIn } from "./api-fields.ts";
import { RegistryError } from "./registry-error.ts";
import type { RegistryTransport } from "./transport.ts";
import { VendorApi, type ApiObject } from "./vendor-api.ts";

const API_HOST = "hub.docker.com";
const MOST_RESULTS = 5;

/** What Docker Hub's own interface tells everybody (docs.docker.com/reference/api/hub/latest); no pull is counted. */
export class HubSearch {
  readonly #transportTo: (host: string) => RegistryTransport;

  constructor(transportTo: (host: string) => RegistryTransport) {
    this.#transportTo = transportTo;
  }

  async search(text: string, signal: AbortSignal): Promise<readonly HubRepository[]> {
    const query = `query=${encodeURIComponent(text)}&page_size=${MOST_RESULTS}`;
    const path = `/v2/search/repositories/?${query}`;
    const api = this.#api(signal);
    const { body } = await api.get(path);
    return api.objects((body as ApiObject | null)?.["results"], path).flatMap((result) => {
      const name = textIn(result, "repo_name");
      if (name === undefined) return [];
      const { star_count: stars, is_official: official } = result;
      return {
        name,
        description: textIn(result, "short_description") ?? "",
        stars: typeof stars === "number" ? stars : 0,
        official: official === true,
      };
    });
  }

  /** Platforms and age of a tag; nothing where the interface does not tell: the registry itself has answered already. */
  async describe(
    repository: string,
    tag: string,
    signal: AbortSignal,
  ): Promise<Pick<RegistryFinding, "platforms" | "createdAt">> {
    if (isDigest(tag)) return { platforms: [] };
    const [namespace = "", name = ""] = repository.split("/").map(encodeURIComponent);
    const path = `/v2/namespaces/${namespace}/repositories/${name}/tags/${encodeURIComponent(tag)}`;
    try {
      const { body } = await this.#api(signal).get(path);
      const found = (body ?? {}) as ApiObject;
      const createdAt = timeIn(found, "tag_last_pushed") ?? timeIn(found, "last_updated");
      const platforms = objectsIn(found, "images").flatMap((image) => platformOf(image) ?? []);
      return {
        platforms: [...new Set(platforms)],
        ...(createdAt === undefined ? {} : { createdAt }),
      };
    } catch (error) {
      if (!(error instanceof RegistryError) || error.kind === "aborted") throw error;
      return { platforms: [] };
    }
  }

  /** An empty authorization: nobody has to log in for this, and no token is asked for. */
  #api(signal: AbortSignal): VendorApi {
    return new VendorApi(this.#transportTo(API_HOST), signal, () => Promise.resolve(""));
  }
}

function platformOf(image: ApiObject): string | undefined {
  const os = textIn(image, "os");
  const architecture = textIn(image, "architecture");
  if (os === undefined || architecture === undefined || architecture === "unknown")
    return undefined;
  const variant = textIn(image, "variant");
  return formatPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}
