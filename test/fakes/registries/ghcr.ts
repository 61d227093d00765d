import type { FakeRegistry } from "./fake-registry.ts";
import { MemoryRegistry } from "./memory-registry.ts";
import { ociRoutes } from "./oci-routes.ts";
import { errorAnswer, serve, type Answer, type Asked } from "./serve.ts";

const USER = /^\/api\/v3\/users\/([^/]+)$/;
const VERSIONS =
  /^\/api\/v3\/(?:orgs|users)\/([^/]+)\/packages\/container\/([^/]+)\/versions(?:\/(\d+))?$/;

export interface FakeGhcr extends FakeRegistry {
  /** Digests of versions that were downloaded too often to be deleted. */
  readonly popular: Set<string>;
  /** Placeholders are not listed. */
  unlisted: boolean;
}

/** GitHub's container registry (docs.github.com/rest/packages/packages), as an Enterprise Server has it below /api/v3. */
export async function startFakeGhcr(): Promise<FakeGhcr> {
  const memory = new MemoryRegistry();
  const popular = new Set<string>();
  const numbers = new Map<string, number>();
  const numberOf = (key: string): number => {
    const number = numbers.get(key) ?? 1000 + numbers.size;
    numbers.set(key, number);
    return number;
  };
  // Its registry deletes nothing by the protocol.
  const running = await serve(
    (asked) => answer(asked),
    ociRoutes(memory, { deletesDigest: false }),
  );

  const ghcr: FakeGhcr = { ...running, memory, popular, unlisted: false };

  const answer = (asked: Asked): Answer | undefined => {
    const { url, method } = asked;
    // "Get a user"
    const owner = USER.exec(url.pathname)?.[1];
    if (owner !== undefined) return { status: 200, body: { login: owner, type: "Organization" } };
    // "List packages for the authenticated user's namespace"
    if (url.pathname === "/api/v3/user/packages")
      return page(
        asked,
        [...memory.repositories.keys()].map((full) => {
          const [login, ...name] = full.split("/");
          return { name: name.join("/"), package_type: "container", owner: { login } };
        }),
      );
    const [, login, encoded = "", id] = VERSIONS.exec(url.pathname) ?? [];
    if (login === undefined) return undefined;
    const repository = `${login}/${decodeURIComponent(encoded)}`;
    if (!memory.repositories.has(repository))
      return { status: 404, body: { message: "Package not found." } };
    // "List package versions for a package owned by an organization"
    if (id === undefined) return page(asked, versionsOf(repository));
    // "Delete package version for an organization"
    return method === "DELETE" ? deleteVersion(repository, Number(id)) : errorAnswer(405, "NO");
  };

  const versionsOf = (repository: string): readonly unknown[] =>
    [...(memory.repositories.get(repository)?.manifests ?? [])]
      .filter(([, { bytes }]) => !ghcr.unlisted || !bytes.includes("placeholder"))
      .map(([digest, { pushedMs }]) => ({
        id: numberOf(`${repository}@${digest}`),
        name: digest,
        created_at: new Date(pushedMs).toISOString(),
        updated_at: new Date(pushedMs).toISOString(),
        metadata: {
          package_type: "container",
          container: { tags: memory.tagsOf(repository, digest) },
        },
      }));

  const deleteVersion = (repository: string, id: number): Answer => {
    const digest = [...(memory.repositories.get(repository)?.manifests.keys() ?? [])].find(
      (each) => numbers.get(`${repository}@${each}`) === id,
    );
    if (digest === undefined) return { status: 404, body: { message: "Package not found." } };
    if (popular.has(digest))
      return {
        status: 400,
        body: {
          message:
            "Publicly visible package versions with more than 5000 downloads cannot be deleted.",
        },
      };
    memory.deleteManifest(repository, digest);
    return { status: 204 };
  };

  return ghcr;
}

/** Parameters page (from 1) and per_page (30 unless told); the next page is in the Link header. */
function page({ url }: Asked, all: readonly unknown[]): Answer {
  const size = Math.min(100, Number(url.searchParams.get("per_page") ?? 30));
  const number = Number(url.searchParams.get("page") ?? 1);
  const next = `<${url.pathname}?per_page=${size}&page=${number + 1}>; rel="next"`;
  return {
    status: 200,
    headers: number * size < all.length ? { link: next } : {},
    body: all.slice((number - 1) * size, number * size),
  };
}
