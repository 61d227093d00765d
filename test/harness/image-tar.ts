import { Readable } from "node:stream";
import { callApiStream, type EngineAddress } from "./engine-api.ts";
import { digestOf, type ImageLayer } from "./image-layer.ts";
import { tarEnd, tarEntry } from "./tar-writer.ts";

export interface ImageSpec {
  /** `repository:tag` names; none makes a dangling image. */
  references: readonly string[];
  /** Bottom first, for this machine's platform. */
  layers: readonly ImageLayer[];
  /** RFC 3339; absent leaves it out of the config, so that engines show year 1. */
  created?: string;
  labels?: Readonly<Record<string, string>>;
  /** More of what containers of it begin with, as the image specification has it. */
  config?: Readonly<Record<string, unknown>>;
  /** Layers by `linux/ARCHITECTURE`; with any of these the image is an index (containerd store only). */
  otherPlatforms?: Readonly<Record<string, readonly ImageLayer[]>>;
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { os: string; architecture: string };
  annotations?: Record<string, string>;
}

interface LoadList {
  blobs: Map<string, Buffer>;
  /** `manifest.json`, read by graph drivers and Podman. */
  archived: { Config: string; RepoTags: readonly string[] | null; Layers: string[] }[];
  /** `index.json`, read by the containerd store. */
  indexed: Descriptor[];
}

const MEDIA_TYPE = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
} as const;

const HOST_PLATFORM = `linux/${process.arch === "x64" ? "amd64" : process.arch}`;

/** Loads any number of images with one request. */
export async function loadImages(
  engine: EngineAddress,
  images: readonly ImageSpec[],
): Promise<void> {
  const sent = { body: makeImageTar(images), headers: { "content-type": "application/x-tar" } };
  await callApiStream(engine, "POST", "/images/load?quiet=1", sent);
}

/** An archive that is OCI layout and `docker save` format at once; each blob is in it once. */
export function makeImageTar(images: readonly ImageSpec[]): Readable {
  const list: LoadList = { blobs: new Map(), archived: [], indexed: [] };
  for (const image of images) addImage(list, image);
  return Readable.from(archiveBlocks(list), { objectMode: false });
}

function* archiveBlocks(list: LoadList): Generator<Buffer> {
  const json = (name: string, value: unknown) =>
    tarEntry({ kind: "file", name, content: Buffer.from(JSON.stringify(value)) });
  yield* json("oci-layout", { imageLayoutVersion: "1.0.0" });
  for (const [digest, content] of list.blobs)
    yield* tarEntry({ kind: "file", name: blobPath(digest), content });
  yield* json("index.json", {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: list.indexed,
  });
  yield* json("manifest.json", list.archived);
  yield tarEnd();
}

function addImage(list: LoadList, image: ImageSpec): void {
  const variants: [string, readonly ImageLayer[]][] = [
    [HOST_PLATFORM, image.layers],
    ...Object.entries(image.otherPlatforms ?? {}),
  ];
  const manifests = variants.map(([platform, layers]) =>
    addManifest(list, image, platform, layers),
  );
  const [host] = manifests;
  if (host === undefined) return;
  list.archived.push({
    Config: blobPath(host.config.digest),
    RepoTags: image.references.length === 0 ? null : image.references,
    Layers: image.layers.map((layer) => blobPath(layer.digest)),
  });
  const target =
    manifests.length === 1
      ? host.manifest
      : addBlob(list, MEDIA_TYPE.index, {
          schemaVersion: 2,
          mediaType: MEDIA_TYPE.index,
          manifests: manifests.map(({ manifest }) => manifest),
        });
  if (image.references.length === 0) list.indexed.push(target);
  for (const reference of image.references)
    list.indexed.push({
      ...target,
      annotations: { "io.containerd.image.name": fullName(reference) },
    });
}

function addManifest(
  list: LoadList,
  image: ImageSpec,
  platform: string,
  layers: readonly ImageLayer[],
): { manifest: Descriptor; config: Descriptor } {
  const [os = "", architecture = ""] = platform.split("/");
  const config = addBlob(list, MEDIA_TYPE.config, {
    os,
    architecture,
    ...(image.created === undefined ? {} : { created: image.created }),
    config: { Cmd: ["sh"], Labels: image.labels ?? {}, ...image.config },
    rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    history: layers.map((layer) => ({
      ...(image.created === undefined ? {} : { created: image.created }),
      created_by: `COPY ${layer.diffId.slice(7, 19)} /`,
    })),
  });
  for (const layer of layers) list.blobs.set(layer.digest, layer.blob);
  const manifest = addBlob(list, MEDIA_TYPE.manifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config,
    layers: layers.map(({ digest, blob }) => ({
      mediaType: MEDIA_TYPE.layer,
      digest,
      size: blob.length,
    })),
  });
  return { manifest: { ...manifest, platform: { os, architecture } }, config };
}

function addBlob(list: LoadList, mediaType: string, value: unknown): Descriptor {
  const content = Buffer.from(JSON.stringify(value));
  const digest = digestOf(content);
  list.blobs.set(digest, content);
  return { mediaType, digest, size: content.length };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

/** Docker's short names in full; the containerd store takes the annotation as it stands. */
function fullName(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  if (rest.length === 0) return `docker.io/library/${reference}`;
  return /[.:]|^localhost$/.test(first) ? reference : `docker.io/${reference}`;
}
