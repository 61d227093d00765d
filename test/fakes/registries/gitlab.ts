import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const TAGS = /^\/gitlab\/v1\/repositories\/(.+)\/tags\/list\/$/;
const VERSION = { "gitlab-container-registry-version": "4.15.0-gitlab" };
const PAGE_SIZE = 2;

export interface FakeGitlab extends FakeRegistry {
  /** Where its metadata are not in a database, there is no such interface. */
  hasDatabase: boolean;
  /** Tags that a rule of the project protects. */
  readonly protected: Set<string>;
  /** The list fails behind this tag. */
  breaksAfter?: string;
}

/** GitLab's registry (gitlab.com/gitlab-org/container-registry, docs/spec/gitlab/api.md, "List Repository Tags"). */
export async function startFakeGitlab(): Promise<FakeGitlab> {
  const memory = new MemoryRegistry();
  const held = new Set<string>();
  const running = await serve(
    (asked) => answer(asked),
    ociRoutes(memory, { deletesTag: true, referrersApi: false }),
  );
  const gitlab: FakeGitlab = { ...running, memory, hasDatabase: true, protected: held };

  const answer = ({ url, method }: Asked): Answer | undefined => {
    // docs.gitlab.com/user/packages/container_registry/protected_container_tags
    const [, name, tag = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(url.pathname) ?? [];
    if (name !== undefined && method === "DELETE") {
      const tags = tag.startsWith("sha256:") ? memory.tagsOf(name, tag) : [tag];
      if (tags.some((each) => held.has(each))) return errorAnswer(403, "DENIED", "protected tag");
    }
    if (!url.pathname.startsWith("/gitlab/v1/")) return undefined;
    if (!gitlab.hasDatabase) return { status: 404, headers: VERSION };
    if (url.pathname === "/gitlab/v1/") return { status: 200, headers: VERSION };
    const repository = memory.repositories.get(TAGS.exec(url.pathname)?.[1] ?? "");
    if (repository === undefined) return errorAnswer(404, "NAME_UNKNOWN");
    // Parameters n and last.
    const last = url.searchParams.get("last") ?? "";
    if (last !== "" && last === gitlab.breaksAfter)
      return errorAnswer(400, "INVALID_QUERY_PARAMETER");
    const left = [...repository.tags].filter(([tag]) => tag > last).toSorted(byName);
    const tags = left.slice(0, PAGE_SIZE);
    const next = `<${url.pathname}?n=${PAGE_SIZE}&last=${tags.at(-1)?.[0]}>; rel="next"`;
    return {
      status: 200,
      headers: { ...VERSION, ...(left.length > PAGE_SIZE ? { link: next } : {}) },
      body: tags.map(([name, { digest, pushedMs }]) => ({
        name,
        digest,
        media_type: repository.manifests.get(digest)?.mediaType,
        created_at: "2020-01-01T00:00:00.000Z",
        published_at: new Date(pushedMs).toISOString(),
      })),
    };
  };
  return gitlab;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
