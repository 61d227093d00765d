import { digestIn, fieldIn, textIn, timeIn } from "../api-fields.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { dtrPages, REPOSITORIES } from "./dtr-api.ts";
import { dtrCollection } from "./dtr-collection.ts";
import { dtrPolicies } from "./dtr-policies.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";

/**
 * Docker Trusted Registry 2 and MSR 2 and 3 (docker/docs, reference/dtr/2.7/api). Deleting is untagging: content goes when
 * the registry collects its garbage. It has no pull times but events, which only those who administer a repository see.
 */
export function dtrVendor(api: VendorApi): RegistryVendor {
  const repositories = async function* (): AsyncGenerator<string> {
    for await (const repository of dtrPages(api, REPOSITORIES, listIn("repositories"))) {
      const [namespace, name] = [textIn(repository, "namespace"), textIn(repository, "name")];
      if (namespace !== undefined && name !== undefined) yield `${namespace}/${name}`;
    }
  };
  return {
    name: "dtr",
    can: {
      deletesTag: "yes",
      deletesDigest: false,
      hasPushTime: true,
      hasPullTime: true,
      listsUntagged: false,
      listsReferrers: false,
      dryRun: true,
      immutableTags: true,
    },
    repositories,
    policies: dtrPolicies(api, repositories),
    collection: () => dtrCollection(api),
    async artifacts(repository) {
      const locked = await immutability(api, repository);
      const pulls = await readPulls(api, repository);
      const tags: ListedTag[] = [];
      for await (const tag of dtrPages(api, `${REPOSITORIES}/${repository}/tags`))
        tags.push(readTag(api, repository, tag, pulls));
      return groupTags(locked === undefined ? tags : tags.map((tag) => ({ ...tag, locked })));
    },
    deleteDigest: () => Promise.reject(new TypeError("DTR deletes nothing by digest")),
    deleteTag: (repository, tag) =>
      api.delete(`${REPOSITORIES}/${repository}/tags/${encodeURIComponent(tag)}`),
  };
}

function listIn(field: string): (page: unknown) => unknown {
  return (page) => fieldIn(page, field);
}

function readTag(
  api: VendorApi,
  repository: string,
  tag: ApiObject,
  pulls: ReadonlyMap<string, string>,
): ListedTag {
  const [name, digest] = [textIn(tag, "name"), digestIn(tag, "digest")];
  if (name === undefined || digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists a tag without its name or digest");
  // Refused by the server as well, with 409 TAG_IN_NOTARY: its trust data has to go first.
  const isSigned = tag["inNotary"] === true;
  return {
    name,
    digest,
    pushedAt: timeIn(tag, "updatedAt"),
    pulledAt: pulls.get(name) ?? pulls.get(digest),
    locked: isSigned ? `the tag ${name} is signed in Notary` : undefined,
  };
}

/** DTR deletes such tags when it is told to, but takes none of them by itself: it has no tag limit there. */
async function immutability(api: VendorApi, repository: string): Promise<string | undefined> {
  const path = `${REPOSITORIES}/${repository}`;
  const { body } = await api.get(path);
  const isImmutable = fieldIn(body, "immutableTags");
  if (typeof isImmutable !== "boolean")
    throw api.malformed(`GET ${path}`, "it does not say whether tags are immutable");
  return isImmutable ? "the repository has immutable tags" : undefined;
}

/** The latest pull of each tag or digest, by the repository's events; empty where this user may not see them. */
async function readPulls(api: VendorApi, repository: string): Promise<ReadonlyMap<string, string>> {
  const latest = new Map<string, string>();
  const path = `${REPOSITORIES}/${repository}/events`;
  try {
    for await (const event of dtrPages(api, path, listIn("events"))) {
      if (textIn(event, "type") !== "GET") continue;
      const object = event["object"] as ApiObject | null;
      const content = object === null ? undefined : textIn(object, "name");
      const reference = content?.replace(/^.*[:@](?=[^:@/]+$|sha256:)/, "");
      const at = timeIn(event, "publishedAt");
      if (reference === undefined || at === undefined) continue;
      if (at > (latest.get(reference) ?? "")) latest.set(reference, at);
    }
  } catch (error) {
    // Without them nothing is known of pulls: that is what most users see.
    const isUnseen =
      error instanceof RegistryError && ["forbidden", "not-found"].includes(error.kind);
    if (!isUnseen) throw error;
  }
  return latest;
}
