import type { Image } from "../inventory/image.ts";
import type { Digest } from "../oci/digest.ts";
import { referrersTag, referrersTagIn } from "../oci/referrers-tag.ts";
import { imageId } from "./image-id.ts";
import type { ManifestFacts } from "./manifest-facts.ts";
import type { ListedArtifact } from "./vendor.ts";

/** So long after its push a manifest without a tag may be one of an index that is still being pushed. */
const UNTAGGED_GRACE_MS = 3600 * 1000;

export interface ReadContent {
  readonly registry: string;
  readonly repository: string;
  readonly tags: ReadonlyMap<string, Digest>;
  readonly artifacts: ReadonlyMap<Digest, ListedArtifact>;
  readonly found: ReadonlyMap<Digest, ManifestFacts>;
  readonly nowMs: number;
}

/** The images that a repository's manifests are, with what each stands on and belongs to. */
export function describeRepository(content: ReadContent): {
  readonly images: readonly Image[];
  readonly blobs: ReadonlyMap<Digest, number>;
} {
  const { registry, repository, tags, artifacts, found } = content;
  const namesOf = new Map<Digest, string[]>();
  for (const [tag, digest] of [...tags].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const names = namesOf.get(digest);
    if (names === undefined) namesOf.set(digest, [tag]);
    else names.push(tag);
  }
  const blobs = new Map<Digest, number>();
  for (const [digest, manifest] of found) {
    blobs.set(digest, manifest.sizeBytes);
    for (const [blob, sizeBytes] of manifest.blobs) blobs.set(blob, sizeBytes);
  }
  const subjects = subjectsOf(found, artifacts, namesOf);
  const held = new Set([...found.values()].flatMap(({ children }) => children));
  const images = [...found].map(([digest, manifest]): Image => {
    const own = namesOf.get(digest) ?? [];
    const children = manifest.children.filter((child) => found.has(child));
    const stood = standsOn(digest, found);
    const createdAt = newest(stood.flatMap((each) => found.get(each)?.createdAt ?? []));
    const subject = subjects.get(digest);
    const listed = artifacts.get(digest);
    const isAlone = own.length === 0 && subject === undefined && !held.has(digest);
    const locked = listed?.locked ?? (isAlone ? justPushed(listed, content.nowMs) : undefined);
    return {
      id: imageId(repository, digest),
      references: own.map((tag) => `${registry}/${repository}:${tag}`),
      repoDigests: [`${registry}/${repository}@${digest}`],
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(listed?.pushedAt === undefined
        ? {}
        : { arrivedAt: listed.pushedAt, pushedAt: listed.pushedAt }),
      ...(listed?.pulledAt === undefined ? {} : { lastUsedAt: listed.pulledAt }),
      labels: manifest.labels,
      platforms: manifest.platforms,
      sizeBytes: stood.reduce((sum, blob) => sum + (blobs.get(blob) ?? 0), 0),
      blobs: stood,
      ...(children.length === 0
        ? {}
        : { children: children.map((child) => imageId(repository, child)) }),
      ...(subject === undefined ? {} : { subject: imageId(repository, subject) }),
      ...(manifest.artifactType === undefined ? {} : { artifactType: manifest.artifactType }),
      ...(locked === undefined ? {} : { locked }),
    };
  });
  return { images, blobs };
}

/** What each manifest is attached to, of those that are there: by its own word, by the vendor's, or by its tags alone. */
function subjectsOf(
  found: ReadContent["found"],
  artifacts: ReadContent["artifacts"],
  namesOf: ReadonlyMap<Digest, readonly string[]>,
): ReadonlyMap<Digest, Digest> {
  const told = new Map<Digest, Digest>();
  for (const { digest, referrers = [] } of artifacts.values())
    for (const referrer of referrers) told.set(referrer, digest);
  const tagged = new Map([...found.keys()].map((digest) => [referrersTag(digest), digest]));
  const subjects = new Map<Digest, Digest>();
  for (const [digest, manifest] of found) {
    const byTags = tagged.get(commonReferrersTag(namesOf.get(digest) ?? []) ?? "");
    const candidates = [manifest.subject, told.get(digest), byTags];
    const subject = candidates.find((each) => each !== undefined && found.has(each));
    if (subject !== undefined && subject !== digest) subjects.set(digest, subject);
  }
  return subjects;
}

/** The referrers tag that all of an image's tags are, or are made from: then these are no names of its own. */
function commonReferrersTag(tags: readonly string[]): string | undefined {
  const named = new Set(tags.map(referrersTagIn));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}

/** The document itself, its blobs, and those of everything below it. */
function standsOn(top: Digest, found: ReadContent["found"]): readonly Digest[] {
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

/** An index was made when the newest of its platforms was. */
function newest(times: readonly string[]): string | undefined {
  return times.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
}

function justPushed(listed: ListedArtifact | undefined, nowMs: number): string | undefined {
  const pushedMs = Date.parse(listed?.pushedAt ?? "");
  if (nowMs - pushedMs >= UNTAGGED_GRACE_MS) return undefined;
  return "it has no tag, and was pushed less than an hour ago or nobody knows when: an index may still come";
}
