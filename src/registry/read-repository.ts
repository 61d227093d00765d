import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { inParallel } from "./in-parallel.ts";
import type { ManifestFacts, ManifestFactsReader } from "./manifest-facts.ts";
import type { RegistryClient } from "./registry-client.ts";

/** What one repository holds. */
export interface RepositoryContent {
  readonly images: readonly Image[];
  readonly blobs: ReadonlyMap<Digest, number>;
  /** Why not all of it is known; then nothing here may be removed. */
  readonly problems: readonly string[];
}

/** Digests that tags meant when this repository was read last, to ask only what has changed. */
export interface TagMemory {
  recall(repository: string): ReadonlyMap<string, Digest>;
  remember(repository: string, tags: ReadonlyMap<string, Digest>): void;
}

/** Referrers of a manifest where a registry has no listing of them (distribution-spec, "Referrers Tag Schema"; cosign). */
const REFERRERS_TAG = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

export interface ReadRepositoryOptions {
  readonly client: RegistryClient;
  readonly facts: ManifestFactsReader;
  readonly memory: TagMemory;
  readonly signal: AbortSignal;
  readonly onTag: () => void;
}

/**
 * Reads every tag of a repository, and every manifest below them. An image here is a digest in this repository; its ID is
 * `repository@digest`, for the same digest elsewhere is removed by itself.
 */
export async function readRepository(
  repository: string,
  { client, facts, memory, signal, onTag }: ReadRepositoryOptions,
): Promise<RepositoryContent> {
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

  const found = new Map<Digest, ManifestFacts>();
  facts.recall(tags.values());
  let level = new Set(tags.values());
  while (level.size > 0) {
    const next = new Set<Digest>();
    facts.recall(level);
    await inParallel(level, signal, async (digest) => {
      const manifest = await facts.read(repository, digest);
      if (manifest === undefined) return;
      found.set(digest, manifest);
      for (const child of manifest.children) if (!found.has(child)) next.add(child);
    });
    level = next;
  }
  for (const [tag, digest] of tags)
    if (!found.has(digest)) problems.push(`${repository}:${tag} has no manifest ${digest}`);
  return { ...describe(client.registry, repository, tags, found), problems };
}

function describe(
  registry: string,
  repository: string,
  tags: ReadonlyMap<string, Digest>,
  found: ReadonlyMap<Digest, ManifestFacts>,
): Pick<RepositoryContent, "images" | "blobs"> {
  const namesOf = new Map<Digest, string[]>();
  for (const [tag, digest] of [...tags].toSorted(([a], [b]) => (a < b ? -1 : 1)))
    namesOf.set(digest, [...(namesOf.get(digest) ?? []), tag]);
  const blobs = new Map<Digest, number>();
  for (const [digest, manifest] of found) {
    blobs.set(digest, manifest.sizeBytes);
    for (const [blob, sizeBytes] of manifest.blobs) blobs.set(blob, sizeBytes);
  }
  const images = [...found].map(([digest, manifest]): Image => {
    const own = namesOf.get(digest) ?? [];
    const subject = manifest.subject ?? subjectByTag(own);
    const children = manifest.children.filter((child) => found.has(child));
    const stood = standsOn(digest, found);
    const isSubjectHere = subject !== undefined && found.has(subject);
    return {
      id: imageId(repository, digest),
      references: own.map((tag) => `${registry}/${repository}:${tag}`),
      repoDigests: [`${registry}/${repository}@${digest}`],
      ...(manifest.createdAt === undefined ? {} : { createdAt: manifest.createdAt }),
      labels: manifest.labels,
      platforms: manifest.platforms,
      sizeBytes: stood.reduce((sum, blob) => sum + (blobs.get(blob) ?? 0), 0),
      blobs: stood,
      ...(children.length === 0
        ? {}
        : { children: children.map((child) => imageId(repository, child)) }),
      ...(isSubjectHere ? { subject: imageId(repository, subject) } : {}),
    };
  });
  return { images, blobs };
}

/** The document itself, its blobs, and those of everything below it. */
function standsOn(top: Digest, found: ReadonlyMap<Digest, ManifestFacts>): readonly Digest[] {
  const reached = new Set<Digest>();
  const waiting = [top];
  for (let digest = waiting.pop(); digest !== undefined; digest = waiting.pop()) {
    const manifest = found.get(digest);
    if (manifest === undefined || reached.has(digest)) continue;
    reached.add(digest);
    for (const [blob] of manifest.blobs) reached.add(blob);
    waiting.push(...manifest.children);
  }
  return [...reached];
}

/** The subject that a referrers tag names; every one of the image's tags has to be such a tag. */
function subjectByTag(tags: readonly string[]): Digest | undefined {
  const subjects = new Set(tags.map((tag) => REFERRERS_TAG.exec(tag)?.[1]));
  const [hex] = subjects;
  return subjects.size === 1 && hex !== undefined ? `sha256:${hex}` : undefined;
}

function imageId(repository: string, digest: Digest): string {
  return `${repository}@${digest}`;
}

/** `repository` and `digest` of an image's ID. */
export function splitImageId(id: string): { readonly repository: string; readonly digest: Digest } {
  const at = id.lastIndexOf("@");
  return { repository: id.slice(0, at), digest: id.slice(at + 1) };
}
