import { digestIn, textIn, timeIn } from "../api-fields.ts";
import { RegistryError } from "../registry-error.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { RegistryVendor } from "../vendor.ts";
import { groupTags, type ListedTag } from "./group-tags.ts";

const API = "/api/v0/repositories";
const PAGE_SIZE = 100;
/** Where the next page starts; absent or empty on the last. */
const NEXT_PAGE = "x-next-page-start";

/**
 * Docker Trusted Registry 2 and MSR 2 and 3 (docker/docs, reference/dtr/2.7/api). Deleting is untagging: content goes when
 * the registry collects its garbage. It has no pull times but events, which only those who administer a repository see.
 */
export function dtrVendor(registry: string, api: VendorApi): RegistryVendor {
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
    async *repositories() {
      for await (const repository of pages(api, API, repositoriesIn)) {
        const [namespace, name] = [textIn(repository, "namespace"), textIn(repository, "name")];
        if (namespace !== undefined && name !== undefined) yield `${namespace}/${name}`;
      }
    },
    async artifacts(repository) {
      const pulls = await readPulls(api, repository);
      const tags: ListedTag[] = [];
      for await (const tag of pages(api, `${API}/${repository}/tags`, (page) => page))
        tags.push(readTag(registry, repository, tag, pulls));
      return groupTags(tags);
    },
    deleteDigest: () => Promise.reject(new TypeError("DTR deletes nothing by digest")),
    deleteTag: (repository, tag) =>
      api.delete(`${API}/${repository}/tags/${encodeURIComponent(tag)}`),
  };
}

async function* pages(
  api: VendorApi,
  path: string,
  listIn: (page: unknown) => unknown,
): AsyncGenerator<ApiObject> {
  for (let start = ""; ;) {
    const query = `pageSize=${PAGE_SIZE}${start === "" ? "" : `&pageStart=${encodeURIComponent(start)}`}`;
    const { body, answer } = await api.get(`${path}?${query}`);
    yield* api.objects(listIn(body), path);
    const next = answer.header(NEXT_PAGE) ?? "";
    if (next === "" || next === start) return;
    start = next;
  }
}

function repositoriesIn(page: unknown): unknown {
  return (page as ApiObject | null)?.["repositories"];
}

function readTag(
  registry: string,
  repository: string,
  tag: ApiObject,
  pulls: ReadonlyMap<string, string>,
): ListedTag {
  const [name, digest] = [textIn(tag, "name"), digestIn(tag, "digest")];
  if (name === undefined || digest === undefined)
    throw new RegistryError("protocol", {
      registry,
      request: `GET ${repository}`,
      detail: "it lists a tag without its name or digest",
    });
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

/** The latest pull of each tag or digest, by the repository's events; empty where this user may not see them. */
async function readPulls(api: VendorApi, repository: string): Promise<ReadonlyMap<string, string>> {
  const latest = new Map<string, string>();
  const path = `${API}/${repository}/events`;
  try {
    const isEvents = (page: unknown): unknown => (page as ApiObject | null)?.["events"];
    for await (const event of pages(api, path, isEvents)) {
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
