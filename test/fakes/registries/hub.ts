import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const TAGS = /^\/v2\/namespaces\/([^/]+)\/repositories\/([^/]+)\/tags$/;
const TAG = /^\/v2\/repositories\/([^/]+\/[^/]+)\/tags\/([^/]+)\/$/;
const REPOSITORIES = /^\/v2\/namespaces\/([^/]+)\/repositories$/;
const HUB_TOKEN = "a-token-of-the-hub";

/** Docker Hub (docs.docker.com/reference/api/hub/latest.yaml): each endpoint by its path there. */
export async function startFakeHub(): Promise<FakeRegistry> {
  const memory = new MemoryRegistry();
  const protocol = ociRoutes(memory, { deletesDigest: false, referrersApi: true });
  const running = await serve((asked) => answer(asked), protocol);

  const answer = (asked: Asked): Answer | undefined => {
    const { url, method } = asked;
    // POST /v2/auth/token, "Create access token"
    if (url.pathname === "/v2/auth/token")
      return { status: 200, body: { access_token: HUB_TOKEN } };
    const [, namespace = "", name = ""] = TAGS.exec(url.pathname) ?? [];
    // GET /v2/namespaces/{namespace}/repositories/{repository}/tags, "List repository tags"
    if (name !== "") return page(asked, tagsOf(`${namespace}/${name}`));
    const owner = REPOSITORIES.exec(url.pathname)?.[1];
    // GET /v2/namespaces/{namespace}/repositories, "List repositories"
    if (owner !== undefined) {
      const own = [...memory.repositories.keys()].filter((full) => full.startsWith(`${owner}/`));
      return page(
        asked,
        own.map((full) => ({ namespace: owner, name: full.slice(owner.length + 1) })),
      );
    }
    const [, repository, tag] = TAG.exec(url.pathname) ?? [];
    if (repository === undefined || tag === undefined || method !== "DELETE") return undefined;
    // Not described; what the web page sends to take one tag away.
    if (asked.headers.authorization !== `Bearer ${HUB_TOKEN}`)
      return errorAnswer(401, "UNAUTHORIZED");
    const tags = memory.repositories.get(repository)?.tags;
    return { status: tags?.delete(decodeURIComponent(tag)) ? 204 : 404 };
  };

  const tagsOf = (repository: string): readonly unknown[] => {
    const { tags, manifests } = memory.open(repository);
    return [...tags].map(([name, { digest, pushedMs }]) => {
      const pulledMs = manifests.get(digest)?.pulledMs;
      return {
        name,
        digest,
        media_type: manifests.get(digest)?.mediaType,
        tag_status: "active",
        tag_last_pushed: new Date(pushedMs).toISOString(),
        tag_last_pulled: pulledMs === undefined ? null : new Date(pulledMs).toISOString(),
        images: [],
      };
    });
  };

  return { ...running, memory };
}

/** Parameters page (from 1) and page_size (10 unless told); `next` is null on the last. */
function page({ url }: Asked, all: readonly unknown[]): Answer {
  const size = Math.min(100, Number(url.searchParams.get("page_size") ?? 10));
  const number = Number(url.searchParams.get("page") ?? 1);
  const results = all.slice((number - 1) * size, number * size);
  const next = number * size < all.length ? `https://elsewhere.example/?page=${number + 1}` : null;
  return { status: 200, body: { count: all.length, next, previous: null, results } };
}
