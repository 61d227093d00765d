import type { Image } from "../inventory/image.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { knownTime, type ImageConfig } from "../oci/image-config.ts";
import { isAttestationEntry } from "../oci/manifest.ts";
import { isForeignLayerMediaType } from "../oci/media-type.ts";
import { formatPlatform, type Platform } from "../oci/platform.ts";
import type { BlobFile } from "./blob-files.ts";
import { reachableFrom, type Content } from "./content-walk.ts";
import { readEntryName } from "./entry-name.ts";
import type { ImageConfigs } from "./image-facts.ts";

const CREATED = "org.opencontainers.image.created";

/** What was read of a layout. */
export interface LayoutContent {
  readonly root: string;
  readonly content: Content;
  readonly configs: ImageConfigs;
  readonly files: ReadonlyMap<Digest, BlobFile>;
}

export interface DescribedImage {
  readonly descriptor: Descriptor;
  /** Without its relations to other images. */
  readonly image: Image;
  /** What of its content is missing or damaged. */
  readonly problems: readonly string[];
}

/** Describes the image that these entries of index.json, all of one digest, name. */
export function describeImage(
  layout: LayoutContent,
  entries: readonly [Descriptor, ...Descriptor[]],
  nowMs: number,
): DescribedImage {
  const [descriptor] = entries;
  const reached = reachableFrom(layout.content, [descriptor]);
  const names = entries.map((entry) => readEntryName(entry.annotations, layout.root));
  const runnable = runnableBelow(layout, descriptor);
  const createdAt = createdTime(layout.content, descriptor, runnable);
  const arrivedAt = arrivalTime(layout.files.get(descriptor.digest), nowMs);
  const problems = problemsOf(layout, reached.values());
  const unclearNames = names.flatMap(({ unclear }) => unclear ?? []);
  const unreadable = [
    ...unclearNames.map((name) => `its name "${name}" is no reference`),
    ...problems,
  ];
  const image: Image = {
    id: descriptor.digest,
    references: sortedUnique(names.flatMap(({ reference }) => reference ?? [])),
    repoDigests: sortedUnique(names.flatMap(({ repoDigest }) => repoDigest ?? [])),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(arrivedAt === undefined ? {} : { arrivedAt }),
    labels: Object.assign({}, ...runnable.map(({ config }) => config?.labels)),
    platforms: sortedUnique(
      runnable.flatMap(({ platform }) => (platform ? formatPlatform(platform) : [])),
    ),
    sizeBytes: [...reached.values()].reduce((sum, { size }) => sum + size, 0),
    blobs: [...reached.keys()].filter((digest) => layout.files.has(digest)).toSorted(),
    ...(unreadable.length === 0 ? {} : { unreadable: unreadable.join("; ") }),
  };
  return { descriptor, image, problems };
}

interface Runnable {
  readonly platform?: Platform;
  readonly config?: ImageConfig;
}

/** The manifests for one platform each that a descriptor leads to, itself or below its index, in the index's order. */
function runnableBelow(layout: LayoutContent, top: Descriptor): readonly Runnable[] {
  const found = new Map<Digest, Runnable>();
  const seen = new Set<Digest>();
  const waiting = [top];
  for (let descriptor = waiting.pop(); descriptor !== undefined; descriptor = waiting.pop()) {
    if (seen.has(descriptor.digest) || isAttestationEntry(descriptor)) continue;
    seen.add(descriptor.digest);
    const document = layout.content.documents.get(descriptor.digest);
    if (document?.kind === "index") waiting.push(...document.manifests.toReversed());
    if (document?.kind !== "manifest") continue;
    const config = document.config && layout.configs.configs.get(document.config.digest);
    const platform = descriptor.platform ?? config?.platform;
    found.set(descriptor.digest, {
      ...(platform ? { platform } : {}),
      ...(config ? { config } : {}),
    });
  }
  return [...found.values()];
}

/** The newest of its platforms; an artifact may say it in an annotation. */
function createdTime(
  content: Content,
  top: Descriptor,
  runnable: readonly Runnable[],
): string | undefined {
  const times = runnable.flatMap(({ config }) => config?.createdAt ?? []).toSorted();
  return times.at(-1) ?? knownTime(content.documents.get(top.digest)?.annotations[CREATED]);
}

/** The manifest's file was written when the image came here, unless a copy has set its time to something else. */
function arrivalTime(file: BlobFile | undefined, nowMs: number): string | undefined {
  if (file === undefined || file.modifiedAtMs <= 0 || file.modifiedAtMs > nowMs) return undefined;
  return new Date(file.modifiedAtMs).toISOString();
}

function problemsOf(layout: LayoutContent, descriptors: Iterable<Descriptor>): readonly string[] {
  const problems: string[] = [];
  for (const { digest, size, embedded, hasUrls, mediaType } of descriptors) {
    const unknown = layout.content.unknown.get(digest) ?? layout.configs.problems.get(digest);
    const file = layout.files.get(digest);
    const mayBeAbsent = embedded || hasUrls || isForeignLayerMediaType(mediaType);
    if (unknown !== undefined) problems.push(unknown);
    else if (file === undefined && !mayBeAbsent) problems.push(`blob ${digest} is missing`);
    else if (file !== undefined && file.sizeBytes !== size) {
      problems.push(`blob ${digest} has ${file.sizeBytes} bytes instead of ${size}`);
    }
  }
  return problems.toSorted();
}

function sortedUnique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].toSorted();
}
