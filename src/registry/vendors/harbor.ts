import { digestIn, latestOf, objectsIn, textIn, timeIn } from "../api-fields.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";

const API = "/api/v2.0";
const PAGE_SIZE = 100;
const DETAILS = "with_tag=true&with_immutable_status=true&with_accessory=true";

/**
 * Harbor 2 and MSR 4 (goharbor/harbor, api/v2.0/swagger.yaml). Its pull times are those of anybody, scanners and
 * replication included: they can only make an image look more used than it is.
 */
export function harborVendor(registry: string, api: VendorApi): RegistryVendor {
  return {
    name: "harbor",
    can: {
      deletesTag: "yes",
      deletesDigest: true,
      hasPushTime: true,
      hasPullTime: true,
      listsUntagged: true,
      listsReferrers: true,
      dryRun: true,
      immutableTags: true,
    },
    async *repositories() {
      for await (const repository of pages(api, `${API}/repositories?`)) {
        const name = textIn(repository, "name");
        if (name !== undefined) yield name;
      }
    },
    async artifacts(repository) {
      const listed: ListedArtifact[] = [];
      for await (const artifact of pages(api, `${pathOf(registry, repository)}?${DETAILS}&`))
        listed.push(readArtifact(registry, repository, artifact));
      return listed;
    },
    deleteDigest: (repository, digest) => api.delete(`${pathOf(registry, repository)}/${digest}`),
    deleteTag: (repository, tag, digest) =>
      api.delete(`${pathOf(registry, repository)}/${digest}/tags/${encodeURIComponent(tag)}`),
  };
}

async function* pages(api: VendorApi, start: string): AsyncGenerator<ApiObject> {
  for (let page = 1; ; page += 1) {
    const path = `${start}page=${page}&page_size=${PAGE_SIZE}`;
    const objects = api.objects((await api.get(path)).body, path);
    yield* objects;
    if (objects.length < PAGE_SIZE) return;
  }
}

/** A repository below a project has its slashes encoded twice (parameter `repository_name` of the description). */
function pathOf(registry: string, repository: string): string {
  const slash = repository.indexOf("/");
  if (slash < 1)
    throw new RegistryError("not-found", {
      registry,
      detail: `a repository of Harbor is named PROJECT/NAME: ${repository}`,
    });
  const project = encodeURIComponent(repository.slice(0, slash));
  const name = encodeURIComponent(encodeURIComponent(repository.slice(slash + 1)));
  return `${API}/projects/${project}/repositories/${name}/artifacts`;
}

function readArtifact(registry: string, repository: string, artifact: ApiObject): ListedArtifact {
  const digest = digestIn(artifact, "digest");
  if (digest === undefined)
    throw new RegistryError("protocol", {
      registry,
      request: `GET ${repository}`,
      detail: "it lists an artifact without a digest",
    });
  const tags = objectsIn(artifact, "tags");
  const timed = [artifact, ...tags];
  const pushedAt = latestOf(timed.map((each) => timeIn(each, "push_time")));
  const pulledAt = latestOf(timed.map((each) => timeIn(each, "pull_time")));
  // Harbor itself takes an error in looking up its rules for "not immutable"; what it does not say at all is no "no".
  const immutable = tags.filter((tag) => tag["immutable"] !== false);
  const names = immutable.map((tag) => textIn(tag, "name") ?? "?").join(", ");
  return {
    digest,
    tags: tags.flatMap((tag) => textIn(tag, "name") ?? []),
    ...(pushedAt === undefined ? {} : { pushedAt }),
    ...(pulledAt === undefined ? {} : { pulledAt }),
    ...(immutable.length === 0 ? {} : { locked: `the registry holds it immutable: ${names}` }),
    referrers: objectsIn(artifact, "accessories").flatMap((each) => digestIn(each, "digest") ?? []),
  };
}
