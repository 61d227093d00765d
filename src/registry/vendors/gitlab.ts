import { digestIn, latestOf, textIn, timeIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";
import type { NativeParts } from "./native-parts.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";

/**
 * GitLab's registry (gitlab.com/gitlab-org/container-registry, docs/spec/gitlab/api.md). The interface is the registry's
 * own, takes the same tokens, and is there where the registry keeps its metadata in a database. GitLab's interface for
 * projects tells of a tag only when its image was built, which is no time of a push.
 */
export function gitlabVendor(
  { client, registry, notify }: Omit<NativeParts, "bearer">,
  apiFor: (scope: string) => VendorApi,
): RegistryVendor {
  return {
    ...protocolVendor("gitlab", client, { ...PROTOCOL, hasPushTime: true, immutableTags: true }),
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes",
      wants: "it tells them where its metadata are in a database",
      async list(repository) {
        const api = apiFor(`repository:${repository}:pull`);
        const tags: ListedTag[] = [];
        for await (const tag of api.linked(
          `/gitlab/v1/repositories/${repository}/tags/list/?n=1000`,
        ))
          tags.push(readTag(api, repository, tag));
        return groupTags(tags);
      },
    }),
  };
}

function readTag(api: VendorApi, repository: string, tag: ApiObject): ListedTag {
  const [name, digest] = [textIn(tag, "name"), digestIn(tag, "digest")];
  if (name === undefined || digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists a tag without its name or digest");
  const pushedAt = latestOf(
    ["published_at", "updated_at", "created_at"].map((field) => timeIn(tag, field)),
  );
  return { name, digest, pushedAt };
}
