import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image-config.ts";
import { parseManifest, successorsOf, type ImageManifest } from "../oci/manifest.ts";
import type { RegistryPart } from "../ports/recovery-bin.ts";
import { isForeignLayerMediaType, isManifestMediaType, MEDIA_TYPE } from "../oci/media-type.ts";
import { findBlob, readDocument } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";

/** On a layer's descriptor in a manifest that was made for the bin: bytes of the uncompressed tar. */
const UNPACKED_SIZE = "dev.plimsoll.layer.size";
/** The digest of that tar: the configuration, which has it too, may be encrypted. */
const DIFF_ID = "dev.plimsoll.layer.diff-id";
/** And on that of a layer which is left to a registry: the repository there, in place of the size. */
const REPOSITORY = "dev.plimsoll.layer.repository";

/** A layer as the bin keeps it: a zstd blob. */
export interface StoredLayer {
  /** The compressed blob. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly unpackedBytes: number;
}

/** What an image with a manifest of the bin's own is made of. */
export interface ConfigImage {
  readonly config: Digest;
  /** Bottom first. */
  readonly diffIds: readonly Digest[];
  /** Without those that are left to a registry. */
  readonly layers: ReadonlyMap<Digest, StoredLayer>;
}

/** The manifest of the bin's own for an image that is known by its configuration. */
export function describeConfigImage(
  { config, diffIds, layers }: ConfigImage,
  configBytes: number,
  inRegistry: readonly RegistryPart[] = [],
): object {
  const left = new Map(inRegistry.map((part) => [part.digest, part]));
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.config, digest: config, size: configBytes },
    layers: diffIds.map((diffId) => {
      const part = left.get(diffId);
      if (part !== undefined) {
        const { mediaType, blob, sizeBytes, repository } = part;
        return {
          mediaType,
          digest: blob,
          size: sizeBytes,
          annotations: { [DIFF_ID]: diffId, [REPOSITORY]: repository },
        };
      }
      const layer = layers.get(diffId);
      if (layer === undefined) throw damaged(config, `the bin lacks its layer ${diffId}`);
      return {
        mediaType: MEDIA_TYPE.layerZstd,
        digest: layer.digest,
        size: layer.sizeBytes,
        annotations: { [DIFF_ID]: diffId, [UNPACKED_SIZE]: String(layer.unpackedBytes) },
      };
    }),
  };
}

/** Reads such a manifest. */
export async function readConfigImage(root: string, manifestDigest: Digest): Promise<ConfigImage> {
  const manifest = parseManifest(await readJson(root, manifestDigest));
  if (manifest.kind !== "manifest" || manifest.config === undefined)
    throw damaged(manifestDigest, "it is no image manifest");
  const diffIds =
    namedDiffIds(manifest) ??
    parseImageConfig(await readJson(root, manifest.config.digest)).diffIds;
  const layers = new Map<Digest, StoredLayer>();
  for (const [position, { digest, size, annotations }] of manifest.layers.entries()) {
    if (annotations[REPOSITORY] !== undefined) continue;
    const diffId = diffIds[position];
    const unpackedBytes = Number(annotations[UNPACKED_SIZE]);
    if (diffId === undefined || !Number.isSafeInteger(unpackedBytes))
      throw damaged(manifestDigest, `its layer ${position} is not one that the bin has written`);
    layers.set(diffId, { digest, sizeBytes: size, unpackedBytes });
  }
  if (manifest.layers.length !== diffIds.length)
    throw damaged(manifestDigest, "it has not as many layers as its configuration");
  return { config: manifest.config.digest, diffIds, layers };
}

/** Undefined where the manifest does not name them: those of earlier versions left it to the configuration. */
export function namedDiffIds({ layers }: ImageManifest): readonly Digest[] | undefined {
  const named = layers.flatMap(({ annotations }) => annotations[DIFF_ID] ?? []);
  return named.length === layers.length ? named : undefined;
}

/** What manifests and indexes stand on. */
export interface ContentBelow {
  /** Themselves included. */
  readonly present: ReadonlyMap<Digest, Descriptor>;
  /** What a manifest that is there needs and does not have. */
  readonly missing: ReadonlyMap<Digest, Descriptor>;
  /** Manifests that an index lists and that are not there: of platforms that were never pulled, or left out. */
  readonly absent: ReadonlySet<Digest>;
  /** Documents that are there and cannot be understood, each with the reason. */
  readonly unreadable: ReadonlyMap<Digest, string>;
}

/** Looks through everything below manifests and indexes, but for what is left to a registry. */
export async function contentBelow(
  root: string,
  tops: readonly Descriptor[],
  has: (descriptor: Descriptor) => boolean,
  left: ReadonlySet<Digest> = new Set(),
): Promise<ContentBelow> {
  const present = new Map<Digest, Descriptor>();
  const unreadable = new Map<Digest, string>();
  const missing = new Map<Digest, Descriptor>();
  const absent = new Set<Digest>();
  const waiting = tops.map((descriptor) => ({ descriptor, inIndex: false, isTop: true }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { descriptor, inIndex, isTop } = next;
    const { digest, mediaType } = descriptor;
    if (present.has(digest) || left.has(digest)) continue;
    if (!has(descriptor)) {
      if (inIndex) absent.add(digest);
      else if (!mayBeAbsent(descriptor)) missing.set(digest, descriptor);
      continue;
    }
    present.set(digest, descriptor);
    if (!isTop && !isManifestMediaType(mediaType)) continue;
    const document = await readDocument(root, digest);
    if (document.kind !== "read") {
      unreadable.set(digest, document.detail);
      continue;
    }
    const manifest = parseManifest(document.value);
    if (manifest.kind === "malformed") unreadable.set(digest, manifest.detail);
    else
      for (const successor of successorsOf(manifest))
        waiting.push({
          descriptor: successor,
          inIndex: manifest.kind === "index",
          isTop: false,
        });
  }
  return { present, missing, absent, unreadable };
}

/** Content that its document carries inside, or that is to be had elsewhere only. */
function mayBeAbsent({ embedded, hasUrls, mediaType }: Descriptor): boolean {
  return embedded || hasUrls || isForeignLayerMediaType(mediaType);
}

async function readJson(root: string, digest: Digest): Promise<unknown> {
  const document = await readDocument(root, digest);
  if (document.kind === "read") return document.value;
  throw damaged(digest, document.detail);
}

/** Content of the bin that is missing or is not what it must be. */
export function damaged(digest: Digest, detail: string): LayoutError {
  return new LayoutError("corrupt", {
    file: digest,
    detail,
    hint: "Look for other damage with: plimsoll bin verify",
  });
}

/** What of an image has to be fetched before it can be given out. */
export function inRegistryOnly(id: Digest, { repository, blob }: RegistryPart): LayoutError {
  return new LayoutError("incomplete", {
    file: id,
    detail: `the bin has left its blob ${blob} to ${repository}`,
    hint: "It comes back as soon as that registry answers.",
  });
}

/** The blobs of these parts in their registries. */
export function blobsOf(inRegistry: readonly RegistryPart[]): ReadonlySet<Digest> {
  return new Set(inRegistry.map(({ blob }) => blob));
}

/** A manifest or index in the bin as another one would name it. Throws where it is not what its digest says. */
export async function describeDocument(root: string, digest: Digest): Promise<Descriptor> {
  const manifest = parseManifest(await readJson(root, digest));
  if (manifest.kind === "malformed") throw damaged(digest, manifest.detail);
  const file = await findBlob(root, digest);
  return descriptorOf(
    manifest.mediaType || MEDIA_TYPE[manifest.kind],
    digest,
    file?.sizeBytes ?? 0,
  );
}

export function descriptorOf(mediaType: string, digest: Digest, size: number): Descriptor {
  return { mediaType, digest, size, annotations: {}, embedded: false, hasUrls: false };
}
