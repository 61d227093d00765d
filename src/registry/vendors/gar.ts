import { digestIn, fieldIn, latestOf, textIn, timeIn } from "../api-fields.ts";
import { whereAllowed } from "../native-listing.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";
import type { NativeParts } from "./native-parts.ts";
import { PROTOCOL, protocolVendor } from "./protocol-vendor.ts";

const PAGE_SIZE = 1000;

/**
 * Google Artifact Registry (cloud.google.com/artifact-registry/docs/reference/rest). Its interface takes access tokens, which
 * docker sends as the password of the user `oauth2accesstoken`. Manifests with tags are not deleted; hosts of the older
 * gcr.io do not say where their repositories are.
 */
export function garVendor(parts: NativeParts, api: VendorApi): RegistryVendor {
  const { client, registry, notify, bearer } = parts;
  const protocol = protocolVendor("gar", client, {
    ...PROTOCOL,
    wantsTagsGoneFirst: true,
    hasPushTime: true,
    listsUntagged: true,
    immutableTags: true,
  });
  return {
    ...protocol,
    artifacts: whereAllowed({
      registry,
      notify,
      lacking: "the times of pushes, and what has no tag",
      wants: "its interface takes an access token, as the password of oauth2accesstoken",
      async list(repository) {
        const place = placeOf(registry, repository);
        if (place === undefined || (await bearer()) === undefined) return undefined;
        const listed: ListedArtifact[] = [];
        for await (const image of imagesOf(api, place.parent)) {
          // Of all the images in the repository of the interface, those of this one.
          const [, name, digest] =
            /\/dockerImages\/([^@]+)@(.+)$/.exec(textIn(image, "name") ?? "") ?? [];
          if (name === undefined || decodeURIComponent(name) !== place.image) continue;
          listed.push(readImage(api, repository, { ...image, digest }));
        }
        return listed;
      },
    }),
  };
}

/** `LOCATION-docker.pkg.dev/PROJECT/REPOSITORY/IMAGE`. */
function placeOf(
  registry: string,
  repository: string,
): { readonly parent: string; readonly image: string } | undefined {
  const location = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(registry)?.[1];
  const [project, name, ...image] = repository.split("/");
  if (location === undefined || project === undefined || name === undefined || image.length === 0)
    return undefined;
  const parent = `projects/${encodeURIComponent(project)}/locations/${location}/repositories/${encodeURIComponent(name)}`;
  return { parent, image: image.join("/") };
}

/** Pages go on by `nextPageToken`. */
async function* imagesOf(api: VendorApi, parent: string): AsyncGenerator<ApiObject> {
  const path = `/v1/${parent}/dockerImages?pageSize=${PAGE_SIZE}`;
  for (let token = ""; ;) {
    const { body } = await api.get(
      token === "" ? path : `${path}&pageToken=${encodeURIComponent(token)}`,
    );
    // An empty list is left out.
    yield* api.objects(fieldIn(body, "dockerImages") ?? [], path);
    const next = fieldIn(body, "nextPageToken");
    if (typeof next !== "string" || next === "" || next === token) return;
    token = next;
  }
}

function readImage(api: VendorApi, repository: string, image: ApiObject): ListedArtifact {
  const digest = digestIn(image, "digest");
  const { tags = [] } = image;
  if (digest === undefined || !Array.isArray(tags))
    throw api.malformed(`GET ${repository}`, "it lists an image without its digest or tags");
  // A tag that is given anew is an update.
  const pushedAt = latestOf([timeIn(image, "uploadTime"), timeIn(image, "updateTime")]);
  return {
    digest,
    tags: tags.filter((tag) => typeof tag === "string"),
    ...(pushedAt === undefined ? {} : { pushedAt }),
  };
}
