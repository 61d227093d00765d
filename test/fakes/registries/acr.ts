import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { scopedTokens } from "./scoped-tokens.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const API = /^\/acr\/v1\/(.+)\/(_tags|_manifests)(?:\/(.+))?$/;
const PROTOCOL = /^\/v2\/(.+)\/(?:tags|manifests|blobs|referrers)\/(.*)$/;

export interface FakeAcr extends FakeRegistry {
  /** Tags and digests that are locked (`az acr repository update --delete-enabled false`). */
  readonly locked: Set<string>;
  /** Whether this user has the permission metadata/read. */
  metadataIsOpen: boolean;
}

/**
 * Azure Container Registry (learn.microsoft.com/rest/api/containerregistry, "Manifests - Get List", "Tag - Get List", "Tag -
 * Delete"; tokens as of learn.microsoft.com/azure/container-registry/container-registry-authentication).
 */
export async function startFakeAcr(): Promise<FakeAcr> {
  const memory = new MemoryRegistry();
  const locked = new Set<string>();
  const running = await serve(
    (asked) => guard(asked) ?? api(asked) ?? wholeManifest(asked),
    ociRoutes(memory, { referrersApi: true }),
  );
  const acr: FakeAcr = { ...running, memory, locked, metadataIsOpen: true };

  const tokens = scopedTokens(
    "/oauth2/token",
    () => running.url,
    (scope) =>
      acr.metadataIsOpen || !scope.endsWith(":metadata_read")
        ? undefined
        : errorAnswer(401, "UNAUTHORIZED"),
  );
  const guard = (asked: Asked): Answer | undefined => {
    const { url, method } = asked;
    const handed = tokens.hands(asked);
    if (handed !== undefined) return handed;
    const [, repository] = API.exec(url.pathname) ?? PROTOCOL.exec(url.pathname) ?? [];
    if (repository === undefined || !["GET", "HEAD", "DELETE"].includes(method)) return undefined;
    const reads = url.pathname.startsWith("/acr/") ? "metadata_read" : "pull";
    return tokens.wants(asked, repository, method === "DELETE" ? "delete" : reads);
  };

  const attributes = (key: string): object => ({
    changeableAttributes: {
      deleteEnabled: !locked.has(key),
      writeEnabled: true,
      listEnabled: true,
      readEnabled: true,
    },
  });

  const api = ({ url, method }: Asked): Answer | undefined => {
    const [, repository = "", kind, reference] = API.exec(url.pathname) ?? [];
    if (kind === undefined) return undefined;
    const found = memory.repositories.get(repository);
    if (found === undefined) return errorAnswer(404, "NAME_UNKNOWN");
    const time = (atMs: number): string => new Date(atMs).toISOString();
    if (reference !== undefined) {
      if (method !== "DELETE" || kind !== "_tags") return errorAnswer(405, "UNSUPPORTED");
      if (locked.has(reference)) return errorAnswer(405, "UNSUPPORTED", "the tag is locked");
      return found.tags.delete(reference) ? { status: 202 } : errorAnswer(404, "TAG_UNKNOWN");
    }
    const listed =
      kind === "_tags"
        ? [...found.tags].map(([name, { digest, pushedMs }]) => ({
            name,
            digest,
            createdTime: time(pushedMs),
            lastUpdateTime: time(pushedMs),
            ...attributes(name),
          }))
        : [...found.manifests].map(([digest, { mediaType, pushedMs }]) => ({
            digest,
            mediaType,
            createdTime: time(pushedMs),
            lastUpdateTime: time(pushedMs),
            tags: memory.tagsOf(repository, digest),
            ...attributes(digest),
          }));
    return page(url, kind.slice(1), listed);
  };

  /** A deletion by tag takes the manifest with all its tags. */
  const wholeManifest = ({ url, method }: Asked): Answer | undefined => {
    const [, repository = "", reference = ""] =
      /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
    if (method !== "DELETE") return undefined;
    const digest = memory.resolve(repository, reference);
    const own = [digest ?? "", ...memory.tagsOf(repository, digest ?? "")];
    if (own.some((each) => locked.has(each)))
      return errorAnswer(405, "UNSUPPORTED", "it is locked");
    if (digest === undefined) return errorAnswer(404, "MANIFEST_UNKNOWN");
    memory.deleteManifest(repository, digest);
    return { status: 202 };
  };
  return acr;
}

/** Parameters n and last; the next page is in the Link header. Nothing is left out where there is nothing. */
function page(url: URL, kind: string, all: readonly object[]): Answer {
  const size = Math.min(2, Number(url.searchParams.get("n") ?? 100));
  const start = Number(url.searchParams.get("last") ?? 0);
  const next = start + size;
  const link = `<${url.pathname}?n=${size}&last=${next}>; rel="next"`;
  return {
    status: 200,
    headers: next < all.length ? { link } : {},
    body: all.length === 0 ? {} : { [kind]: all.slice(start, next) },
  };
}
