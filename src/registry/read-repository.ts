import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { describeRepository } from "./describe-repository.ts";
import { inParallel } from "./in-parallel.ts";
import type { ReferrersLister } from "./list-referrers.ts";
import { listRepository, type ListingOptions } from "./list-repository.ts";
import type { ManifestFacts, ManifestFactsReader } from "./manifest-facts.ts";

/** What one repository holds. */
export interface RepositoryContent {
  readonly images: readonly Image[];
  readonly blobs: ReadonlyMap<Digest, number>;
  /** Why not all of it is known; then nothing here may be removed. */
  readonly problems: readonly string[];
}

export interface ReadRepositoryOptions extends ListingOptions {
  readonly facts: ManifestFactsReader;
  readonly referrers: ReferrersLister;
  readonly nowMs: number;
}

/** Reads what a repository lists, every manifest below that, and what is attached to any of them. */
export async function readRepository(
  repository: string,
  options: ReadRepositoryOptions,
): Promise<RepositoryContent> {
  const { client, vendor, facts, signal, nowMs } = options;
  const { tags, artifacts, problems } = await listRepository(repository, options);
  const found = new Map<Digest, ManifestFacts>();
  let level = new Set([...tags.values(), ...artifacts.keys()]);
  while (level.size > 0) {
    const next = new Set<Digest>();
    facts.recall(level);
    await inParallel(level, signal, async (digest) => {
      const manifest = await facts.read(repository, digest);
      if (manifest === undefined) return;
      found.set(digest, manifest);
      const attached = vendor.can.listsReferrers
        ? await options.referrers.of(repository, digest)
        : [];
      const listed = artifacts.get(digest)?.referrers ?? [];
      for (const each of [...manifest.children, ...attached, ...listed]) next.add(each);
    });
    level = new Set([...next].filter((digest) => !found.has(digest)));
  }
  const lacking = [
    ...[...tags].flatMap(([tag, digest]) =>
      found.has(digest) ? [] : [`${repository}:${tag} has no manifest ${digest}`],
    ),
    ...[...artifacts.values()].flatMap(({ digest, tags: own }) =>
      own.length > 0 || found.has(digest) ? [] : [`${repository} lists ${digest} and has it not`],
    ),
  ];
  const listing = { registry: client.registry, repository, tags, artifacts, found, nowMs };
  return { ...describeRepository(listing), problems: [...problems, ...lacking] };
}
