import type { Digest } from "../oci/digest.ts";
import { inParallel } from "./in-parallel.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { TagMemory } from "./repository-memory.ts";
import type { ListedArtifact, RegistryVendor } from "./vendor.ts";

/** What a repository names, before any manifest is read. */
export interface RepositoryListing {
  readonly tags: ReadonlyMap<string, Digest>;
  /** What the vendor's own listing says, by digest; of the tagged ones and of those without a tag. */
  readonly artifacts: ReadonlyMap<Digest, ListedArtifact>;
  /** Why not all of it is known. */
  readonly problems: readonly string[];
}

export interface ListingOptions {
  readonly client: RegistryClient;
  readonly vendor: RegistryVendor;
  readonly memory: TagMemory;
  readonly signal: AbortSignal;
  readonly onTag: () => void;
}

/** Lists a repository by the vendor's own interface where that is open, else by its tags, each asked for by HEAD. */
export async function listRepository(
  repository: string,
  options: ListingOptions,
): Promise<RepositoryListing> {
  const listed = await options.vendor.artifacts?.(repository);
  return listed === undefined ? byTags(repository, options) : byArtifacts(listed, options);
}

function byArtifacts(
  listed: readonly ListedArtifact[],
  { onTag }: ListingOptions,
): RepositoryListing {
  const tags = new Map<string, Digest>();
  const artifacts = new Map<Digest, ListedArtifact>();
  const problems: string[] = [];
  for (const artifact of listed) {
    artifacts.set(artifact.digest, artifact);
    for (const tag of artifact.tags) {
      onTag();
      // The list was changed while it was read: the same tag on two pages.
      if (tags.has(tag)) problems.push(`the tag ${tag} is listed twice`);
      tags.set(tag, artifact.digest);
    }
  }
  return { tags, artifacts, problems };
}

async function byTags(
  repository: string,
  { client, memory, signal, onTag }: ListingOptions,
): Promise<RepositoryListing> {
  const known = memory.recall(repository);
  const tags = new Map<string, Digest>();
  const problems: string[] = [];
  await inParallel(client.tags(repository), signal, async (tag) => {
    const before = known.get(tag);
    const head = await client.headManifest(repository, tag, before);
    onTag();
    // A tag that is listed and does not resolve is deleted just now, or broken: what it would keep is unknown.
    if (head === undefined) problems.push(`${repository}:${tag} is listed and cannot be found`);
    else if (head !== "unchanged") tags.set(tag, head.digest);
    else if (before !== undefined) tags.set(tag, before);
  });
  memory.remember(repository, tags);
  return { tags, artifacts: new Map(), problems };
}
