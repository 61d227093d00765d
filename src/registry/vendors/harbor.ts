import { digestIn, latestOf, objectsIn, textIn, timeIn } from "../api-fields.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";
import { HARBOR_API, harborPages } from "./harbor-api.ts";
import { harborCollection } from "./harbor-collection.ts";
import { harborPolicies } from "./harbor-policies.ts";

const DETAILS = "with_tag=true&with_immutable_status=true&with_accessory=true";

/**
 * Harbor 2 and MSR 4 (goharbor/harbor, api/v2.0/swagger.yaml). Its pull times are those of anybody, scanners and
 * replication included: they can only make an image look more used than it is.
 */
export function harborVendor(registry: string, api: VendorApi): RegistryVendor {
  const repositories = async function* (): AsyncGenerator<string> {
    for await (const repository of harborPages(api, `${HARBOR_API}/repositories?`)) {
      const name = textIn(repository, "name");
      if (name !== undefined) yield name;
    }
  };
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
    repositories,
    policies: harborPolicies(api, repositories),
    collection: () => Promise.resolve(harborCollection(api)),
    async artifacts(repository) {
      const listed: ListedArtifact[] = [];
      for await (const artifact of harborPages(api, `${pathOf(registry, repository)}?${DETAILS}&`))
        listed.push(readArtifact(api, repository, artifact));
      return listed;
    },
    deleteDigest: (repository, digest) => api.delete(`${pathOf(registry, repository)}/${digest}`),
    deleteTag: (repository, tag, digest) =>
      api.delete(`${pathOf(registry, repository)}/${digest}/tags/${encodeURIComponent(tag)}`),
  };
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
  return `${HARBOR_API}/projects/${project}/repositories/${name}/artifacts`;
}

function readArtifact(api: VendorApi, repository: string, artifact: ApiObject): ListedArtifact {
  const digest = digestIn(artifact, "digest");
  if (digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists an artifact without a digest");
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
