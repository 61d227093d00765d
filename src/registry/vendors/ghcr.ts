import type { Digest } from "../../oci/digest.ts";
import { digestIn, textIn, timeIn } from "../api-fields.ts";
import type { ContentPusher } from "../push-content.ts";
import type { ApiObject, VendorApi } from "../vendor-api.ts";
import type { ListedArtifact, RegistryVendor } from "../vendor.ts";
import { untagVersion } from "./ghcr-untag.ts";

/** A version of a package is a digest; deleting it takes all its tags. */
interface Version {
  readonly id: number;
  readonly artifact: ListedArtifact;
}

/**
 * GitHub's container registry (docs.github.com/rest/packages/packages). Deleted versions can be brought back there for 30
 * days; a public one with more than 5,000 downloads is refused. A version loses one tag and keeps the others by a placeholder,
 * which takes a token that may push.
 */
export function ghcrVendor(
  registry: string,
  api: VendorApi,
  prefix: string,
  pusher: ContentPusher,
): RegistryVendor {
  /** IDs of versions that were listed, by `repository@digest`: a version is deleted by its ID. */
  const ids = new Map<string, number>();
  const owners = new Map<string, Promise<string>>();

  /** An owner is a user or an organization, each with an interface of its own. */
  const ownerPath = (owner: string): Promise<string> => {
    const known = owners.get(owner) ?? findOwnerPath(api, prefix, owner);
    owners.set(owner, known);
    known.catch(() => owners.delete(owner));
    return known;
  };
  const versionsPath = async (repository: string): Promise<string> => {
    const slash = repository.indexOf("/");
    const owner = await ownerPath(repository.slice(0, slash));
    return `${owner}/packages/container/${encodeURIComponent(repository.slice(slash + 1))}/versions`;
  };
  const list = async (repository: string): Promise<readonly Version[]> => {
    const versions: Version[] = [];
    const path = await versionsPath(repository);
    for await (const version of api.linked(`${path}?per_page=100`))
      versions.push(readVersion(api, repository, version));
    for (const { id, artifact } of versions) ids.set(`${repository}@${artifact.digest}`, id);
    return versions;
  };

  const deleteVersion = async (repository: string, digest: Digest): Promise<"deleted" | "gone"> => {
    const key = `${repository}@${digest}`;
    if (!ids.has(key)) await list(repository);
    const id = ids.get(key);
    return id === undefined ? "gone" : api.delete(`${await versionsPath(repository)}/${id}`);
  };

  return {
    name: "ghcr",
    can: {
      deletesTag: "yes",
      deletesDigest: true,
      hasPushTime: true,
      hasPullTime: false,
      listsUntagged: true,
      listsReferrers: true,
      dryRun: false,
      immutableTags: false,
    },
    async *repositories() {
      const path = `${prefix}/user/packages?package_type=container&per_page=100`;
      for await (const entry of api.linked(path)) {
        const name = textIn(entry, "name");
        const owner = textIn((entry["owner"] ?? {}) as ApiObject, "login");
        if (name !== undefined && owner !== undefined) yield `${owner.toLowerCase()}/${name}`;
      }
    },
    artifacts: async (repository) => (await list(repository)).map(({ artifact }) => artifact),
    deleteDigest: deleteVersion,
    deleteTag: (repository, tag, digest) =>
      untagVersion(
        {
          registry,
          repository,
          pusher,
          list: async () => (await list(repository)).map(({ artifact }) => artifact),
          deleteVersion: (version) => deleteVersion(repository, version),
        },
        tag,
        digest,
      ),
  };
}

async function findOwnerPath(api: VendorApi, prefix: string, owner: string): Promise<string> {
  const { body } = await api.get(`${prefix}/users/${encodeURIComponent(owner)}`);
  const kind = textIn((body ?? {}) as ApiObject, "type");
  return `${prefix}/${kind === "Organization" ? "orgs" : "users"}/${encodeURIComponent(owner)}`;
}

function readVersion(api: VendorApi, repository: string, version: ApiObject): Version {
  const digest = digestIn(version, "name");
  const { id } = version;
  const container = ((version["metadata"] ?? {}) as ApiObject)["container"] as ApiObject | null;
  const tags = container?.["tags"];
  if (digest === undefined || typeof id !== "number" || !Array.isArray(tags))
    throw api.malformed(
      `GET ${repository}`,
      "it lists a version without its digest, number or tags",
    );
  // A tag that is given anew counts as an update.
  const pushedAt = timeIn(version, "updated_at") ?? timeIn(version, "created_at");
  return {
    id,
    artifact: {
      digest,
      tags: tags.filter((tag) => typeof tag === "string"),
      ...(pushedAt === undefined ? {} : { pushedAt }),
    },
  };
}
