import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { scopedTokens } from "./scoped-tokens.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const TAGS = /^\/api\/v1\/repository\/(.+)\/tag\/([^/]*)$/;
const TOKEN = "Bearer a-token";
/** endpoints/v2/v2auth.py: other actions, and the catalog, are no scope there. */
const SCOPE = /^$|^repository:[^:]+:(?:push|pull|\*)(?:,(?:push|pull|\*))*$/;

export interface FakeQuay extends FakeRegistry {
  /** Tags that nobody may change (field `immutable`, from 3.17 on). */
  readonly immutable: Set<string>;
  /** Whether anybody may look, as into a public repository. */
  isPublic: boolean;
}

/** Quay (quay/quay, endpoints/api/tag.py and endpoints/v2/manifest.py). */
export async function startFakeQuay(): Promise<FakeQuay> {
  const memory = new MemoryRegistry();
  const immutable = new Set<string>();
  const protocol = ociRoutes(memory, { referrersApi: true, deletesTag: true });
  const running = await serve((asked) => answer(asked), protocol);
  const quay: FakeQuay = { ...running, memory, immutable, isPublic: false };

  const tokens = scopedTokens(
    "/v2/auth",
    () => running.url,
    (scope) =>
      SCOPE.test(scope) ? undefined : errorAnswer(400, "INVALID_REQUEST", "Unable to decode"),
  );

  const answer = (asked: Asked): Answer | undefined => {
    const { url, method, headers } = asked;
    const handed = tokens.hands(asked);
    if (handed !== undefined) return handed;
    // endpoints/v2/manifest.py: who deletes has to be allowed to push.
    const name = /^\/v2\/(.+)\/manifests\//.exec(url.pathname)?.[1];
    if (name !== undefined && method === "DELETE") return tokens.wants(asked, name, "push");
    // GET /api/v1/discovery: its own description.
    if (url.pathname === "/api/v1/discovery") return { status: 200, body: { apis: [] } };
    const [, repository, tag = ""] = TAGS.exec(url.pathname) ?? [];
    if (repository === undefined) return undefined;
    const isUser = headers.authorization === TOKEN;
    if (!isUser && (method !== "GET" || !quay.isPublic))
      return { status: 401, body: { error_type: "invalid_token", status: 401 } };
    const found = memory.repositories.get(repository);
    if (found === undefined) return errorAnswer(404, "NOT_FOUND");
    // ListRepositoryTags: the history unless onlyActiveTags is given, which would be wrong to go by.
    if (tag === "") {
      if (url.searchParams.get("onlyActiveTags") !== "true") return errorAnswer(400, "HISTORY");
      return page(
        url,
        [...found.tags].map(([name, { digest, pushedMs }]) => ({
          name,
          reversion: false,
          start_ts: Math.floor(pushedMs / 1000),
          manifest_digest: digest,
          is_manifest_list: memory.childrenOf(repository, digest).length > 0,
          last_modified: new Date(pushedMs).toUTCString(),
          ...(immutable.has(name) ? { immutable: true } : {}),
        })),
      );
    }
    // RepositoryTag.delete
    if (method !== "DELETE") return undefined;
    if (immutable.has(tag)) return errorAnswer(409, "TAG_IMMUTABLE");
    return found.tags.delete(decodeURIComponent(tag))
      ? { status: 204 }
      : errorAnswer(404, "NOT_FOUND");
  };
  return quay;
}

/** Parameters page (from 1) and limit (50 unless told, 100 at the most). */
function page(url: URL, all: readonly unknown[]): Answer {
  const size = Math.min(100, Number(url.searchParams.get("limit") ?? 50));
  const number = Number(url.searchParams.get("page") ?? 1);
  return {
    status: 200,
    body: {
      tags: all.slice((number - 1) * size, number * size),
      page: number,
      has_additional: all.length > number * size,
    },
  };
}
