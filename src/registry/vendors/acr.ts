import { digestIn, latestOf, objectsIn, textIn, timeIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";
import type { NativeParts } from "./native-parts.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";

/**
 * Azure Container Registry (learn.microsoft.com/rest/api/containerregistry). Its interface takes the tokens of the registry
 * itself, for scopes of its own. By the protocol a deletion by tag would take the whole manifest there.
 */
export function acrVendor(
  { client, registry, notify }: Omit<NativeParts, "bearer">,
  apiFor: (scope: string) => VendorApi,
): RegistryVendor {
  const protocol = protocolVendor("acr", client, {
    ...PROTOCOL,
    deletesTag: "yes",
    hasPushTime: true,
    listsUntagged: true,
    immutableTags: true,
  });
  return {
    ...protocol,
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes, locks, and what has no tag",
      wants: "its interface asks for the permission metadata/read",
      async list(repository) {
        const api = apiFor(`repository:${repository}:metadata_read`);
        const path = `/acr/v1/${repository}`;
        const tags: ApiObject[] = [];
        for await (const tag of api.linked(`${path}/_tags?n=1000`, listIn("tags"))) tags.push(tag);
        const listed: ListedArtifact[] = [];
        for await (const manifest of api.linked(`${path}/_manifests?n=1000`, listIn("manifests")))
          listed.push(readManifest(api, repository, manifest, tags));
        return listed;
      },
    }),
    // Manifests - Delete takes all tags; Tag - Delete takes one.
    deleteTag: (repository, tag) =>
      apiFor(`repository:${repository}:delete`).delete(
        `/acr/v1/${repository}/_tags/${encodeURIComponent(tag)}`,
      ),
  };
}

function listIn(field: string): (page: unknown) => unknown {
  // Absent where a repository has none.
  return (page) => objectsIn((page ?? {}) as ApiObject, field);
}

function readManifest(
  api: VendorApi,
  repository: string,
  manifest: ApiObject,
  tags: readonly ApiObject[],
): ListedArtifact {
  const digest = digestIn(manifest, "digest");
  if (digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists a manifest without its digest");
  const own = tags.filter((tag) => digestIn(tag, "digest") === digest);
  const pushedAt = latestOf(
    [manifest, ...own].flatMap((each) => [
      timeIn(each, "createdTime"),
      timeIn(each, "lastUpdateTime"),
    ]),
  );
  const held = [manifest, ...own].find(isLocked);
  const what = held === undefined || held === manifest ? "manifest" : `tag ${textIn(held, "name")}`;
  return {
    digest,
    tags: own.flatMap((tag) => textIn(tag, "name") ?? []),
    ...(pushedAt === undefined ? {} : { pushedAt }),
    ...(held === undefined ? {} : { locked: `the ${what} is locked in the registry` }),
  };
}

/** What may not be written may not be deleted either, and what is not said counts as locked. */
function isLocked(object: ApiObject): boolean {
  const attributes = (object["changeableAttributes"] ?? {}) as ApiObject;
  return attributes["deleteEnabled"] !== true || attributes["writeEnabled"] !== true;
}
