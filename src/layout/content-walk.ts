import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest, successorsOf, type Manifest } from "../oci/manifest.ts";
import { isManifestMediaType } from "../oci/media-type.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";
import { findBlob, readDocument } from "./blob-files.ts";
import { listBlobs } from "./list-blobs.ts";
import { inParallel } from "./in-parallel.ts";

/** Registries refuse larger manifests; a larger blob that nothing names is not read to see whether it is one. */
const MAX_MANIFEST_BYTES = 4 * 2 ** 20;

/** What the documents of a layout say about each other. */
export interface Content {
  /** Every manifest and index that was read, by digest. */
  readonly documents: ReadonlyMap<Digest, Manifest>;
  /** Documents that something names but that could not be read, with the reason: what they stand on is unknown. */
  readonly unknown: ReadonlyMap<Digest, string>;
  /**
   * Manifests that no index names, by the subject they are attached to: they live and go with it. Only those whose
   * subject is in `documents`.
   */
  readonly attached: ReadonlyMap<Digest, readonly Descriptor[]>;
  /** Manifests that nothing names yet but that were written just now: their writer may be about to name them. */
  readonly arriving: readonly Descriptor[];
}

interface Walk {
  readonly root: string;
  readonly options: ObserveOptions;
  readonly documents: Map<Digest, Manifest>;
  readonly unknown: Map<Digest, string>;
  readonly named: Set<Digest>;
}

/**
 * Reads every manifest and index below `roots`, to any depth, those attached to them, and those that nothing names but
 * that were written after `graceStartMs`.
 */
export async function walkContent(
  root: string,
  roots: readonly Descriptor[],
  graceStartMs: number,
  options: ObserveOptions,
): Promise<Content> {
  const walk: Walk = { root, options, documents: new Map(), unknown: new Map(), named: new Set() };
  await readBelow(walk, roots);
  const unnamed = await readUnnamed(walk);
  const attached = await readAttached(walk, unnamed);
  const arriving = unnamed
    .filter(
      ({ descriptor, modifiedAtMs }) =>
        modifiedAtMs > graceStartMs && !walk.named.has(descriptor.digest),
    )
    .map(({ descriptor }) => descriptor);
  // What an arriving index lists may not have arrived: that is no gap in what index.json promises.
  await readBelow({ ...walk, unknown: new Map() }, arriving);
  return { documents: walk.documents, unknown: walk.unknown, attached, arriving };
}

async function readBelow(walk: Walk, roots: readonly Descriptor[]): Promise<void> {
  let level: readonly Descriptor[] = roots;
  while (level.length > 0) {
    const next: Descriptor[] = [];
    const unread = new Map<Digest, Descriptor>();
    for (const descriptor of level) {
      if (!walk.named.has(descriptor.digest)) unread.set(descriptor.digest, descriptor);
      walk.named.add(descriptor.digest);
    }
    await inParallel(unread.values(), walk.options.signal, async (descriptor) => {
      const manifest = await readManifest(walk, descriptor);
      if (manifest === undefined) return;
      walk.documents.set(descriptor.digest, manifest);
      if (manifest.kind === "index") next.push(...manifest.manifests);
      else for (const leaf of successorsOf(manifest)) walk.named.add(leaf.digest);
      walk.options.onProgress?.({ step: "reading manifests", done: walk.documents.size });
    });
    level = next;
  }
}

/** An index may list content that is no manifest: that has no successors, and is left unread. */
async function readManifest(walk: Walk, descriptor: Descriptor): Promise<Manifest | undefined> {
  const mustBeManifest = isManifestMediaType(descriptor.mediaType);
  if (!mustBeManifest && descriptor.size > MAX_MANIFEST_BYTES) return undefined;
  const document = await readDocument(walk.root, descriptor.digest);
  if (document.kind !== "read") {
    if (mustBeManifest || document.kind !== "not-json")
      walk.unknown.set(descriptor.digest, document.detail);
    return undefined;
  }
  const manifest = parseManifest(document.value);
  if (manifest.kind !== "malformed") return manifest;
  if (mustBeManifest)
    walk.unknown.set(descriptor.digest, `manifest ${descriptor.digest}: ${manifest.detail}`);
  return undefined;
}

interface UnnamedManifest {
  readonly descriptor: Descriptor;
  readonly subject: Digest | undefined;
  readonly modifiedAtMs: number;
}

/** The manifests among the blobs that nothing names so far. */
async function readUnnamed(walk: Walk): Promise<readonly UnnamedManifest[]> {
  const unnamed: UnnamedManifest[] = [];
  await inParallel(listBlobs(walk.root), walk.options.signal, async (digest) => {
    if (walk.named.has(digest)) return;
    const file = await findBlob(walk.root, digest);
    if (file === undefined || file.sizeBytes > MAX_MANIFEST_BYTES) return;
    const document = await readDocument(walk.root, digest);
    const manifest = document.kind === "read" ? parseManifest(document.value) : undefined;
    if (manifest === undefined || manifest.kind === "malformed") return;
    const { mediaType, subject } = manifest;
    const descriptor: Descriptor = {
      mediaType,
      digest,
      size: file.sizeBytes,
      annotations: {},
      embedded: false,
      hasUrls: false,
    };
    unnamed.push({ descriptor, subject: subject?.digest, modifiedAtMs: file.modifiedAtMs });
  });
  return unnamed.toSorted((a, b) => byDigest(a.descriptor, b.descriptor));
}

/** Registries and some tools keep referrers unnamed. Each round finds the referrers of what the round before found. */
async function readAttached(
  walk: Walk,
  unnamed: readonly UnnamedManifest[],
): Promise<ReadonlyMap<Digest, readonly Descriptor[]>> {
  const attached = new Map<Digest, Descriptor[]>();
  for (;;) {
    const found: Descriptor[] = [];
    for (const { descriptor, subject } of unnamed) {
      if (
        subject === undefined ||
        !walk.documents.has(subject) ||
        walk.named.has(descriptor.digest)
      )
        continue;
      attached.set(subject, [...(attached.get(subject) ?? []), descriptor]);
      found.push(descriptor);
    }
    if (found.length === 0) return attached;
    await readBelow(walk, found);
  }
}

function byDigest(a: Descriptor, b: Descriptor): number {
  return a.digest < b.digest ? -1 : 1;
}

/** Everything that `roots` stand on, themselves and what is attached to them included, by digest. */
export function reachableFrom(
  content: Content,
  roots: Iterable<Descriptor>,
): Map<Digest, Descriptor> {
  const reached = new Map<Digest, Descriptor>();
  const waiting = [...roots];
  for (let descriptor = waiting.pop(); descriptor !== undefined; descriptor = waiting.pop()) {
    if (reached.has(descriptor.digest)) continue;
    reached.set(descriptor.digest, descriptor);
    const document = content.documents.get(descriptor.digest);
    if (document !== undefined) waiting.push(...successorsOf(document));
    waiting.push(...(content.attached.get(descriptor.digest) ?? []));
  }
  return reached;
}
