import { digestOf, type MemoryRegistry } from "./memory-registry.ts";
import { errorAnswer, type Answer, type Asked, type Route } from "./serve.ts";

export interface OciOptions {
  /** Default false: 404, as distribution 2.8. */
  readonly referrersApi?: boolean;
  /** Default true: with all its tags. */
  readonly deletesDigest?: boolean;
  /** Default false: 400 DIGEST_INVALID, as distribution 2.8. */
  readonly deletesTag?: boolean;
  /** Tags in one page. */
  readonly pageSize?: number;
}

/** The OCI distribution protocol (opencontainers/distribution-spec, spec.md, "Endpoints") over what a registry stores. */
export function ociRoutes(registry: MemoryRegistry, options: OciOptions = {}): Route {
  return (asked) => {
    const { pathname } = asked.url;
    if (pathname === "/v2/") return { status: 200, body: {} };
    // end-1 to end-13 of the specification; the catalog is distribution's.
    if (pathname === "/v2/_catalog")
      return { status: 200, body: { repositories: [...registry.repositories.keys()].toSorted() } };
    const [, name = "", kind, rest = ""] =
      /^\/v2\/(.+?)\/(tags\/list|manifests|blobs|referrers)\/?(.*)$/.exec(pathname) ?? [];
    switch (kind) {
      case "tags/list":
        return listTags(registry, name, asked, options);
      case "manifests":
        return manifest(registry, name, rest, asked, options);
      case "blobs":
        return blob(registry, name, rest, asked);
      case "referrers":
        return referrers(registry, name, rest, options);
      default:
        return undefined;
    }
  };
}

function listTags(
  registry: MemoryRegistry,
  name: string,
  { url }: Asked,
  { pageSize = 1000 }: OciOptions,
): Answer {
  const repository = registry.repositories.get(name);
  if (repository === undefined) return errorAnswer(404, "NAME_UNKNOWN");
  const last = url.searchParams.get("last") ?? "";
  const left = [...repository.tags.keys()].toSorted().filter((tag) => tag > last);
  const tags = left.slice(0, pageSize);
  const next = `</v2/${name}/tags/list?n=${pageSize}&last=${tags.at(-1)}>; rel="next"`;
  return {
    status: 200,
    body: { name, tags },
    headers: left.length > tags.length ? { link: next } : {},
  };
}

function manifest(
  registry: MemoryRegistry,
  name: string,
  reference: string,
  { method, headers, body }: Asked,
  { deletesDigest = true, deletesTag = false, referrersApi = false }: OciOptions,
): Answer {
  if (method === "PUT") {
    const mediaType = headers["content-type"] ?? "";
    const digest = registry.putManifest(name, reference, body, mediaType);
    const { subject } = JSON.parse(body.toString("utf8")) as { subject?: { digest: string } };
    const told = referrersApi && subject ? { "oci-subject": subject.digest } : {};
    return { status: 201, headers: { ...told, "docker-content-digest": digest } };
  }
  const digest = registry.resolve(name, reference);
  const stored = registry.repositories.get(name)?.manifests.get(digest ?? "");
  if (digest === undefined || stored === undefined) return errorAnswer(404, "MANIFEST_UNKNOWN");
  if (method === "DELETE") {
    if (reference !== digest) {
      if (!deletesTag) return errorAnswer(400, "DIGEST_INVALID");
      registry.repositories.get(name)?.tags.delete(reference);
      return { status: 202 };
    }
    if (!deletesDigest) return errorAnswer(405, "UNSUPPORTED");
    registry.deleteManifest(name, digest);
    return { status: 202 };
  }
  const told = { "docker-content-digest": digest, etag: `"${digest}"` };
  if (headers["if-none-match"] === `"${digest}"`) return { status: 304, headers: told };
  return {
    status: 200,
    headers: { ...told, "content-type": stored.mediaType },
    body: stored.bytes,
  };
}

function blob(
  registry: MemoryRegistry,
  name: string,
  rest: string,
  { method, url, body }: Asked,
): Answer {
  if (method === "POST")
    return { status: 202, headers: { location: `/v2/${name}/blobs/uploads/1` } };
  const { blobs } = registry.open(name);
  if (method === "PUT") {
    const digest = digestOf(body);
    if (url.searchParams.get("digest") !== digest) return errorAnswer(400, "DIGEST_INVALID");
    blobs.set(digest, body);
    return { status: 201 };
  }
  const stored = blobs.get(rest);
  return stored === undefined
    ? errorAnswer(404, "BLOB_UNKNOWN")
    : { status: 200, headers: { "content-type": "application/octet-stream" }, body: stored };
}

function referrers(
  registry: MemoryRegistry,
  name: string,
  subject: string,
  { referrersApi = false }: OciOptions,
): Answer | undefined {
  if (!referrersApi) return undefined;
  const manifests = registry.referrersOf(name, subject).map((digest) => {
    const stored = registry.repositories.get(name)?.manifests.get(digest);
    return { digest, mediaType: stored?.mediaType, size: stored?.bytes.length };
  });
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return { status: 200, body: { schemaVersion: 2, mediaType, manifests } };
}
