import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image-config.ts";
import { parseManifest, successorsOf } from "../oci/manifest.ts";
import { isManifestMediaType } from "../oci/media-type.ts";
import { listBlobs, readDocument } from "./blob-files.ts";
import { LayoutError } from "./layout-error.ts";
import type { StoredBlob } from "./read-blob.ts";
import type { RecoveryRecord } from "./recovery-records.ts";

/** On a layer's descriptor in a manifest that was made for the bin: bytes of the uncompressed tar. */
export const UNPACKED_SIZE = "dev.plimsoll.layer.size";

/** A layer as the bin keeps it. */
export interface StoredLayer {
  /** The compressed blob, as manifests name it. */
  readonly descriptor: Descriptor;
  readonly unpackedBytes: number;
}

/** Which content a bin has, by the digests that images know it by. */
export interface BinContents {
  readonly blobs: ReadonlySet<Digest>;
  /** By the digest of the uncompressed tar; only layers that a named manifest stands on. */
  readonly layers: ReadonlyMap<Digest, StoredLayer>;
}

export async function readBinContents(
  root: string,
  records: readonly RecoveryRecord[],
): Promise<BinContents> {
  const blobs = new Set<Digest>();
  for await (const digest of listBlobs(root)) blobs.add(digest);
  const layers = new Map<Digest, StoredLayer>();
  for (const record of records) {
    if (record.form !== "config") continue;
    for (const [diffId, layer] of await layersOf(root, record.root.digest))
      if (blobs.has(layer.descriptor.digest)) layers.set(diffId, layer);
  }
  return { blobs, layers };
}

/** What an image with a manifest of the bin's own is made of; bottom first. */
export interface ConfigImage {
  readonly config: Digest;
  readonly diffIds: readonly Digest[];
  readonly layers: ReadonlyMap<Digest, StoredLayer>;
}

export async function readConfigImage(root: string, manifestDigest: Digest): Promise<ConfigImage> {
  const manifest = parseManifest(await readJson(root, manifestDigest));
  if (manifest.kind !== "manifest" || manifest.config === undefined)
    throw damaged(manifestDigest, "it is no image manifest");
  const { diffIds } = parseImageConfig(await readJson(root, manifest.config.digest));
  const layers = new Map<Digest, StoredLayer>();
  for (const [position, descriptor] of manifest.layers.entries()) {
    const diffId = diffIds[position];
    const unpackedBytes = Number(descriptor.annotations[UNPACKED_SIZE]);
    if (diffId === undefined || !Number.isSafeInteger(unpackedBytes))
      throw damaged(manifestDigest, `its layer ${position} is not one that the bin has written`);
    layers.set(diffId, { descriptor, unpackedBytes });
  }
  if (manifest.layers.length !== diffIds.length)
    throw damaged(manifestDigest, "it has not as many layers as its configuration");
  return { config: manifest.config.digest, diffIds, layers };
}

async function layersOf(
  root: string,
  manifestDigest: Digest,
): Promise<ReadonlyMap<Digest, StoredLayer>> {
  try {
    return (await readConfigImage(root, manifestDigest)).layers;
  } catch (error) {
    // What is damaged is told of by whoever needs it; its layers are stored anew.
    if (error instanceof LayoutError && error.kind === "corrupt") return new Map();
    throw error;
  }
}

/** What a manifest or index stands on. */
export interface ContentBelow {
  /** Itself included. */
  readonly present: ReadonlyMap<Digest, Descriptor>;
  /** Manifests that an index lists and that are not there: platforms that were never pulled. */
  readonly absentPlatforms: readonly Digest[];
  /** What a manifest that is there needs and does not have. */
  readonly missing: readonly Digest[];
}

/** Looks through everything below a manifest or index. */
export async function contentBelow(
  root: string,
  top: Descriptor,
  has: (digest: Digest) => boolean,
): Promise<ContentBelow> {
  const present = new Map<Digest, Descriptor>();
  const missing: Digest[] = [];
  const absentPlatforms: Digest[] = [];
  const waiting = [{ descriptor: top, inIndex: false }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { descriptor, inIndex } = next;
    const { digest, mediaType } = descriptor;
    if (present.has(digest)) continue;
    if (!has(digest)) {
      (inIndex ? absentPlatforms : missing).push(digest);
      continue;
    }
    present.set(digest, descriptor);
    if (descriptor !== top && !isManifestMediaType(mediaType)) continue;
    const document = await readDocument(root, digest);
    const manifest = document.kind === "read" ? parseManifest(document.value) : undefined;
    if (manifest === undefined || manifest.kind === "malformed") continue;
    for (const successor of successorsOf(manifest))
      waiting.push({ descriptor: successor, inIndex: manifest.kind === "index" });
  }
  return { present, absentPlatforms, missing };
}

/** Where the bytes of a layer's tar or of a blob are. */
export function locate(digest: Digest, { blobs, layers }: BinContents): StoredBlob | undefined {
  const layer = layers.get(digest);
  if (layer !== undefined) return { digest: layer.descriptor.digest, unpacked: digest };
  return blobs.has(digest) ? { digest } : undefined;
}

async function readJson(root: string, digest: Digest): Promise<unknown> {
  const document = await readDocument(root, digest);
  if (document.kind === "read") return document.value;
  throw damaged(digest, document.detail);
}

export function damaged(digest: Digest, detail: string): LayoutError {
  return new LayoutError("corrupt", {
    file: digest,
    detail,
    hint: "Look for other damage with: plimsoll bin verify",
  });
}
