import { digestIn, fieldIn, textIn, timeIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import { numberedPages } from "../numbered-pages.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";
import type { NativeParts } from "./native-parts.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";

const PAGE_SIZE = 100;
const UNPROCESSABLE = 422;

/**
 * zot (project-zot/zot, pkg/extensions/search/schema.graphql). Its extension for searching tells when a tag was pushed and
 * pulled, from 2.1.2 on (project-zot/zot#2699), and takes the same credentials as the registry.
 */
export function zotVendor(
  { client, registry, notify }: Omit<NativeParts, "bearer">,
  apiFor: (scope: string) => VendorApi,
): RegistryVendor {
  return {
    ...protocolVendor("zot", client, { ...PROTOCOL, hasPushTime: true, hasPullTime: true }),
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes and pulls",
      wants: "it tells them with the extension search, from version 2.1.2 on",
      async list(repository) {
        const api = apiFor(`repository:${repository}:pull`);
        const tags: ListedTag[] = [];
        try {
          for await (const image of imagesOf(api, registry, repository))
            tags.push(readImage(api, repository, image));
        } catch (error) {
          // An older one does not know the fields.
          if (error instanceof RegistryError && error.status === UNPROCESSABLE) return undefined;
          throw error;
        }
        return groupTags(tags);
      },
    }),
  };
}

function imagesOf(api: VendorApi, registry: string, repository: string): AsyncGenerator<ApiObject> {
  return numberedPages(api, {
    pathOf: (page) => queryFor(repository, page),
    listIn: (page) => resultsIn(registry, page),
    goesOn: (_page, count) => count === PAGE_SIZE,
  });
}

function queryFor(repository: string, page: number): string {
  const requested = `{limit:${PAGE_SIZE},offset:${(page - 1) * PAGE_SIZE},sortBy:ALPHABETIC_ASC}`;
  const fields = "Tag Digest PushTimestamp LastPullTimestamp";
  const query = `{ImageList(repo:${JSON.stringify(repository)},requestedPage:${requested}){Results{${fields}}}}`;
  return `/v2/_zot/ext/search?query=${encodeURIComponent(query)}`;
}

/** GraphQL may answer what is wrong with a status of 200. */
function resultsIn(registry: string, page: unknown): unknown {
  if (fieldIn(page, "errors") === undefined)
    return fieldIn(fieldIn(fieldIn(page, "data"), "ImageList"), "Results");
  throw new RegistryError("unsupported", { registry, detail: "it does not answer this search" });
}

function readImage(api: VendorApi, repository: string, image: ApiObject): ListedTag {
  const [name, digest] = [textIn(image, "Tag"), digestIn(image, "Digest")];
  if (name === undefined || digest === undefined)
    throw api.malformed(`GET ${repository}`, "it lists a tag without its name or digest");
  return {
    name,
    digest,
    pushedAt: timeIn(image, "PushTimestamp"),
    pulledAt: timeIn(image, "LastPullTimestamp"),
  };
}
