import type { MemoryRegistry } from "./memory-registry.ts";
import type { Route } from "./serve.ts";

const PARENT = "/v1/projects/team/locations/europe-west4/repositories/images/dockerImages";

/**
 * Google Artifact Registry (cloud.google.com/artifact-registry/docs/reference/rest, projects.locations.repositories.dockerImages.list), of
 * one of its repositories, `team/images` in europe-west4.
 */
export function artifactRegistry(memory: MemoryRegistry): Route {
  return ({ url, headers }) => {
    if (url.pathname !== PARENT) return undefined;
    if (headers.authorization !== "Bearer ya29") return { status: 401 };
    const all = [...memory.repositories].flatMap(([full, { manifests }]) =>
      [...manifests].map(([digest, { pushedMs }]) => ({
        name: `${PARENT.slice(4)}/${encodeURIComponent(full.replace("team/images/", ""))}@${digest}`,
        uri: `europe-west4-docker.pkg.dev/${full}@${digest}`,
        tags: memory.tagsOf(full, digest),
        uploadTime: new Date(pushedMs).toISOString(),
        updateTime: new Date(pushedMs + 1000).toISOString(),
      })),
    );
    const start = Number(url.searchParams.get("pageToken") ?? 0);
    const next = start + 2 < all.length ? { nextPageToken: String(start + 2) } : {};
    return { status: 200, body: { dockerImages: all.slice(start, start + 2), ...next } };
  };
}
