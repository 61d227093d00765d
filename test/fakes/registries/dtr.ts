import { dtrJobs, type DtrJobs } from "./dtr-jobs.ts";
import {
  INVALID_POLICY,
  prunedTags,
  readPruningPolicy,
  type PruningPolicy,
} from "./dtr-pruning.ts";
import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const PATH =
  /^\/api\/v0\/repositories\/([^/]+\/[^/]+)(?:\/(tags|events|pruningPolicies)(?:\/([^/]+))?)?$/;

export interface FakeDtr extends FakeRegistry {
  /** Tags with trust data. */
  readonly signed: Set<string>;
  /** Pulls by tag, as those who administer a repository see them. */
  readonly pulls: { readonly repository: string; readonly tag: string; readonly at: string }[];
  eventsAreSeen: boolean;
  /** Repositories whose tags nobody may overwrite. */
  readonly immutable: Set<string>;
  readonly tagLimits: Map<string, number>;
  readonly policies: Map<string, PruningPolicy[]>;
  readonly jobs: DtrJobs;
  /** The server's own clock. */
  nowMs: () => number;
}

/** Docker Trusted Registry 2.7 (docker/docs, reference/dtr/2.7/api): each endpoint by its path there. */
export async function startFakeDtr(): Promise<FakeDtr> {
  const memory = new MemoryRegistry();
  const signed = new Set<string>();
  const pulls: FakeDtr["pulls"] = [];
  const protocol = ociRoutes(memory, { deletesDigest: false });
  const running = await serve((asked) => answer(asked), protocol);
  const immutable = new Set<string>();
  const tagLimits = new Map<string, number>();
  const policies = new Map<string, PruningPolicy[]>();
  const jobs = dtrJobs(memory);
  const dtr: FakeDtr = {
    ...running,
    memory,
    signed,
    pulls,
    eventsAreSeen: true,
    immutable,
    tagLimits,
    policies,
    jobs,
    nowMs: Date.now,
  };

  const answer = (asked: Asked): Answer | undefined => {
    const { url, method } = asked;
    // GET /api/v0/meta/features
    if (url.pathname === "/api/v0/meta/features")
      return asked.headers.authorization === undefined
        ? errorAnswer(401, "NOT_AUTHENTICATED", "The client is not authenticated.")
        : { status: 200, body: { scanningEnabled: false, onlineGCEnabled: jobs.online } };
    const job = jobs.answer(asked);
    if (job !== undefined) return job;
    // GET /api/v0/repositories
    if (url.pathname === "/api/v0/repositories") {
      const named = [...memory.repositories.keys()].map(describe);
      return page(asked, named, (repositories) => ({ repositories }));
    }
    const [, repository = "", part, reference] = PATH.exec(url.pathname) ?? [];
    if (repository === "") return undefined;
    if (!memory.repositories.has(repository)) return errorAnswer(404, "NO_SUCH_REPOSITORY");
    // GET /api/v0/repositories/{namespace}/{reponame}
    if (part === undefined) return { status: 200, body: describe(repository) };
    if (part === "pruningPolicies") return pruning(repository, reference, asked);
    // GET /api/v0/repositories/{namespace}/{reponame}/events
    if (part === "events")
      return dtr.eventsAreSeen
        ? page(asked, eventsOf(repository), (events) => ({ events }))
        : errorAnswer(403, "NOT_AUTHORIZED");
    if (reference === undefined) return page(asked, tagsOf(repository), (tags) => tags);
    return method === "DELETE"
      ? deleteTag(repository, decodeURIComponent(reference))
      : errorAnswer(405, "METHOD_NOT_ALLOWED");
  };

  const describe = (full: string): object => {
    const [namespace, name] = full.split("/");
    return {
      id: full,
      namespace,
      name,
      immutableTags: immutable.has(full),
      tagLimit: tagLimits.get(full) ?? 0,
    };
  };

  /** GET and POST …/pruningPolicies, and POST …/pruningPolicies/test. */
  const pruning = (repository: string, word: string | undefined, asked: Asked): Answer => {
    const own = policies.get(repository) ?? [];
    if (asked.method === "GET") return page(asked, own, (list) => list);
    const policy = readPruningPolicy(asked.body);
    if (policy === undefined) return INVALID_POLICY;
    const taken = prunedTags(memory.open(repository), policy, dtr.nowMs());
    if (word === "test")
      return page(
        asked,
        taken.map(([name, digest]) => ({ name, digest })),
        (tags) => tags,
      );
    policies.set(repository, [...own, policy]);
    // Parameter initialEvaluation, true unless told: then it prunes at once.
    if (asked.url.searchParams.get("initialEvaluation") !== "false" && policy.enabled)
      for (const [name] of taken) memory.open(repository).tags.delete(name);
    return { status: 201, body: policy };
  };

  /** GET /api/v0/repositories/{namespace}/{reponame}/tags: a list, with nothing around it. */
  const tagsOf = (repository: string): readonly unknown[] =>
    [...(memory.repositories.get(repository)?.tags ?? [])].map(([name, { digest, pushedMs }]) => ({
      id: name,
      name,
      digest,
      updatedAt: new Date(pushedMs).toISOString(),
      inNotary: signed.has(name),
      hashMismatch: false,
    }));

  const eventsOf = (repository: string): readonly unknown[] =>
    pulls
      .filter((pull) => pull.repository === repository)
      .map(({ tag, at }, id) => ({
        id: String(id),
        publishedAt: at,
        type: "GET",
        actorType: "user",
        object: { id: tag, type: "tag", name: `${repository}:${tag}` },
      }));

  /** DELETE /api/v0/repositories/{namespace}/{reponame}/tags/{reference}: the tag alone. */
  const deleteTag = (repository: string, tag: string): Answer => {
    if (signed.has(tag)) return errorAnswer(409, "TAG_IN_NOTARY", "the tag is signed");
    const wasThere = memory.repositories.get(repository)?.tags.delete(tag) ?? false;
    return wasThere ? { status: 204 } : errorAnswer(404, "NO_SUCH_TAG");
  };

  return dtr;
}

/** Parameters pageSize (10 unless told) and pageStart; X-Next-Page-Start is absent on the last page. */
function page(
  { url }: Asked,
  all: readonly unknown[],
  bodyOf: (part: readonly unknown[]) => unknown,
): Answer {
  const size = Number(url.searchParams.get("pageSize") ?? 10);
  const start = Number(url.searchParams.get("pageStart") ?? 0);
  const next = start + size;
  return {
    status: 200,
    headers: {
      "x-resource-count": String(all.length),
      ...(next < all.length ? { "x-next-page-start": String(next) } : {}),
    },
    body: bodyOf(all.slice(start, next)),
  };
}
