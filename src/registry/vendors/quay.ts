import { digestIn, fieldIn, secondsIn, textIn, timeIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import { numberedPages } from "../numbered-pages.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";
import type { NativeParts } from "./native-parts.ts";

const PAGE_SIZE = 100;

/** Of its tokens: deleting is a matter of pushing there, and `delete` is refused (quay/quay, endpoints/v2/v2auth.py). */
const MAY_DELETE = "pull,push";

/**
 * Quay (quay/quay, endpoints/api/tag.py). Its interface takes OAuth tokens, which docker sends as the password of the user
 * `$oauthtoken`; tags of public repositories are listed to anybody. Deleting is untagging for as long as Quay's time machine
 * remembers.
 */
export function quayVendor(parts: NativeParts, api: VendorApi): RegistryVendor {
  const { client, registry, notify, bearer } = parts;
  const protocol = protocolVendor("quay", client, {
    ...PROTOCOL,
    hasPushTime: true,
    immutableTags: true,
  });
  return {
    ...protocol,
    // The catalog is no scope there either.
    repositories: () => client.repositories(""),
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes",
      wants: "its interface takes an OAuth token, as the password of $oauthtoken",
      async list(repository) {
        const tags: ListedTag[] = [];
        for await (const tag of tagsOf(api, repository)) tags.push(readTag(api, repository, tag));
        return groupTags(tags);
      },
    }),
    deleteDigest: (repository, digest) => client.deleteManifest(repository, digest, MAY_DELETE),
    deleteTag: async (repository, tag) =>
      (await bearer()) === undefined
        ? client.deleteManifest(repository, tag, MAY_DELETE)
        : api.delete(`/api/v1/repository/${repository}/tag/${encodeURIComponent(tag)}`),
  };
}

function tagsOf(api: VendorApi, repository: string): AsyncGenerator<ApiObject> {
  const path = `/api/v1/repository/${repository}/tag/?onlyActiveTags=true&limit=${PAGE_SIZE}`;
  return numberedPages(api, {
    pathOf: (page) => `${path}&page=${page}`,
    listIn: (page) => fieldIn(page, "tags"),
    goesOn: (page) => fieldIn(page, "has_additional") === true,
  });
}

function readTag(api: VendorApi, repository: string, tag: ApiObject): ListedTag {
  const [name, digest] = [textIn(tag, "name"), digestIn(tag, "manifest_digest")];
  if (name === undefined || digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists a tag without its name or digest");
  return {
    name,
    digest,
    pushedAt: secondsIn(tag, "start_ts") ?? timeIn(tag, "last_modified"),
    locked: tag["immutable"] === true ? `the tag ${name} is immutable` : undefined,
  };
}
