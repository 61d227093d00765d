import { digestIn, fieldIn, latestOf, objectsIn, textIn, timeIn } from "../api-fields.ts";
import { numberedPages } from "../numbered-pages.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";

const PAGE_SIZE = 100;

/**
 * Docker Hub (docs.docker.com/reference/api/hub/latest). Its pull times are those of crawlers too: they can only make an
 * image look more used than it is. Deleting a tag is not described there, and is what its web page does.
 */
export function hubVendor(
  registry: string,
  api: VendorApi,
  userName: () => Promise<string | undefined>,
): RegistryVendor {
  return {
    name: "hub",
    can: {
      deletesTag: "yes",
      deletesDigest: false,
      hasPushTime: true,
      hasPullTime: true,
      listsUntagged: false,
      listsReferrers: true,
      dryRun: false,
      immutableTags: true,
    },
    async *repositories() {
      const user = await userName();
      if (user === undefined)
        throw new RegistryError("forbidden", {
          registry,
          detail: "without credentials it lists no repositories: name one",
        });
      const path = `/v2/namespaces/${encodeURIComponent(user)}/repositories?page_size=${PAGE_SIZE}`;
      for await (const repository of pages(api, path)) {
        const name = textIn(repository, "name");
        if (name !== undefined) yield `${user}/${name}`;
      }
    },
    async artifacts(repository) {
      const [namespace, name] = split(registry, repository);
      const tags: ListedTag[] = [];
      const path = `/v2/namespaces/${namespace}/repositories/${name}/tags?page_size=${PAGE_SIZE}`;
      for await (const tag of pages(api, path)) tags.push(readTag(api, repository, tag));
      return groupTags(tags);
    },
    deleteDigest: () => Promise.reject(new TypeError("Docker Hub deletes nothing by digest")),
    deleteTag: (repository, tag) => {
      const [namespace, name] = split(registry, repository);
      return api.delete(`/v2/repositories/${namespace}/${name}/tags/${encodeURIComponent(tag)}/`);
    },
  };
}

function pages(api: VendorApi, path: string): AsyncGenerator<ApiObject> {
  return numberedPages(api, {
    pathOf: (page) => `${path}&page=${page}`,
    listIn: (page) => fieldIn(page, "results"),
    goesOn: (page) => typeof fieldIn(page, "next") === "string",
  });
}

function split(registry: string, repository: string): readonly [namespace: string, name: string] {
  const [namespace = "", name, ...rest] = repository.split("/");
  if (name !== undefined && rest.length === 0)
    return [encodeURIComponent(namespace), encodeURIComponent(name)];
  throw new RegistryError("not-found", {
    registry,
    detail: `a repository of Docker Hub is named NAMESPACE/NAME: ${repository}`,
  });
}

function readTag(api: VendorApi, repository: string, tag: ApiObject): ListedTag {
  const images = objectsIn(tag, "images");
  const name = textIn(tag, "name");
  // Tags of the oldest kind have no digest of their own, and one image.
  const own = digestIn(tag, "digest");
  const digest = own ?? (images.length === 1 && images[0] ? digestIn(images[0], "digest") : own);
  if (name === undefined || digest === undefined)
    throw api.malformed(`GET ${repository}`, `it lists the tag ${name ?? "?"} without a digest`);
  return {
    name,
    digest,
    pushedAt: timeIn(tag, "tag_last_pushed") ?? timeIn(tag, "last_updated"),
    pulledAt: latestOf([
      timeIn(tag, "tag_last_pulled"),
      ...images.map((image) => timeIn(image, "last_pulled")),
    ]),
  };
}
