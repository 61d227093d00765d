import type { FakeRegistry } from "./fake-registry.ts";
import { harborUpkeep, type HarborUpkeep } from "./harbor-upkeep.ts";
import { MemoryRegistry, type MemoryRepository } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

/** Go's zero time, which stands for "never". */
const NEVER = "0001-01-01T00:00:00.000Z";
const PATH =
  /^\/api\/v2\.0\/projects\/([^/]+)\/repositories\/([^/]+)\/artifacts(?:\/([^/]+)(?:\/tags\/([^/]+))?)?$/;

export interface FakeHarbor extends FakeRegistry {
  /** Tags that a rule of the project makes immutable. */
  readonly immutable: Set<string>;
  /** As when the look-up of rules fails: the answer does not say. */
  immutabilityIsTold: boolean;
  readonly upkeep: HarborUpkeep;
}

/** Harbor 2 (goharbor/harbor, api/v2.0/swagger.yaml; behaviour of src/controller/artifact where that says nothing). */
export async function startFakeHarbor(): Promise<FakeHarbor> {
  const memory = new MemoryRegistry();
  const immutable = new Set<string>();
  const running = await serve((asked) => answer(asked), ociRoutes(memory, { referrersApi: true }));
  const upkeep = harborUpkeep(memory);
  const harbor: FakeHarbor = { ...running, memory, immutable, immutabilityIsTold: true, upkeep };

  const answer = (asked: Asked): Answer | undefined => {
    const { url, method } = asked;
    // swagger.yaml, operationId getSystemInfo
    if (url.pathname === "/api/v2.0/systeminfo")
      return { status: 200, body: { auth_mode: "db_auth", registry_url: running.address } };
    // operationId listAllRepositories
    if (url.pathname === "/api/v2.0/repositories")
      return page(
        asked,
        [...memory.repositories.keys()].map((name) => ({ name })),
      );
    const kept = upkeep.answer(asked);
    if (kept !== undefined) return kept;
    const [, project, encoded = "", reference, tag] = PATH.exec(url.pathname) ?? [];
    if (project === undefined) return undefined;
    // Parameter repository_name: encoded twice where it has slashes.
    const name = `${project}/${decodeURIComponent(decodeURIComponent(encoded))}`;
    const repository = memory.repositories.get(name);
    if (repository === undefined) return errorAnswer(404, "NOT_FOUND");
    // operationId listArtifacts
    if (reference === undefined) return page(asked, list(name, repository));
    const digest = memory.resolve(name, decodeURIComponent(reference));
    if (digest === undefined || method !== "DELETE") return errorAnswer(404, "NOT_FOUND");
    return tag === undefined
      ? deleteArtifact(name, digest)
      : deleteTag(repository, digest, decodeURIComponent(tag));
  };

  /** Without manifests that are only listed by others, and without accessories, which stand with their subject. */
  const list = (name: string, repository: MemoryRepository): readonly unknown[] =>
    [...repository.manifests].flatMap(([digest, { pushedMs, pulledMs }]) => {
      const tags = memory.tagsOf(name, digest);
      const isPart = memory.parentsOf(name, digest).length > 0 && tags.length === 0;
      if (isPart || isAccessory(name, digest)) return [];
      return {
        digest,
        push_time: new Date(pushedMs).toISOString(),
        pull_time: pulledMs === undefined ? NEVER : new Date(pulledMs).toISOString(),
        references: memory.childrenOf(name, digest).map((child_digest) => ({ child_digest })),
        tags: tags.map((tag) => ({
          name: tag,
          push_time: new Date(repository.tags.get(tag)?.pushedMs ?? 0).toISOString(),
          pull_time: NEVER,
          ...(harbor.immutabilityIsTold ? { immutable: immutable.has(tag) } : {}),
        })),
        accessories: memory
          .referrersOf(name, digest)
          .map((referrer) => ({ digest: referrer, subject_artifact_digest: digest })),
      };
    });

  const isAccessory = (name: string, digest: string): boolean =>
    [...(memory.repositories.get(name)?.manifests.keys() ?? [])].some((subject) =>
      memory.referrersOf(name, subject).includes(digest),
    );

  /** operationId deleteArtifact; what only it listed, and what was attached to it, goes along. */
  const deleteArtifact = (name: string, digest: string): Answer => {
    const held = memory.tagsOf(name, digest).filter((tag) => immutable.has(tag));
    if (held.length > 0) return errorAnswer(412, "PRECONDITION", `${held.join()} is immutable`);
    if (memory.parentsOf(name, digest).length > 0)
      return errorAnswer(412, "VIOLATE_FOREIGN_KEY_CONSTRAINT", "referenced by other artifacts");
    const parts = [...memory.childrenOf(name, digest), ...memory.referrersOf(name, digest)];
    memory.deleteManifest(name, digest);
    for (const part of parts)
      if (memory.tagsOf(name, part).length === 0 && memory.parentsOf(name, part).length === 0)
        memory.deleteManifest(name, part);
    return { status: 200 };
  };

  /** operationId deleteTag */
  const deleteTag = (repository: MemoryRepository, digest: string, tag: string): Answer => {
    if (immutable.has(tag)) return errorAnswer(412, "PRECONDITION", `${tag} is immutable`);
    if (repository.tags.get(tag)?.digest !== digest) return errorAnswer(404, "NOT_FOUND");
    repository.tags.delete(tag);
    return { status: 200 };
  };

  return harbor;
}

/** Parameters page (from 1) and page_size (10 unless told, 100 at the most). */
function page({ url }: Asked, all: readonly unknown[]): Answer {
  const size = Math.min(100, Number(url.searchParams.get("page_size") ?? 10));
  const start = (Number(url.searchParams.get("page") ?? 1) - 1) * size;
  return {
    status: 200,
    headers: { "x-total-count": String(all.length) },
    body: all.slice(start, start + size),
  };
}
