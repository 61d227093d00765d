import type { Descriptor } from "../oci/descriptor.ts";
import { isDigest, type Digest } from "../oci/digest.ts";
import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import type { ImageForm } from "../ports/image-content.ts";
import type { RegistryPart, RemovedImage } from "../ports/recovery-bin.ts";
import type { IndexEntry } from "./index-file.ts";

/** On a descriptor of the bin's index.json, all of them texts as image-spec's annotations.md wants it. */
const ANNOTATION = {
  /** The `RemovedImage` as JSON. */
  image: "dev.plimsoll.bin.image",
  key: "dev.plimsoll.bin.key",
  pinned: "dev.plimsoll.bin.pinned",
  /** `config` where the manifest was made for the bin, and the image's ID is that of its configuration. */
  form: "dev.plimsoll.bin.form",
  /** Digests of the manifests that came with the image because they are attached to it, as a JSON list. */
  attached: "dev.plimsoll.bin.attached",
  /** The `RegistryPart`s as a JSON list. */
  inRegistry: "dev.plimsoll.bin.in-registry",
} as const;

/** An entry of index.json that the bin has made. */
export interface RecoveryRecord {
  readonly key: string;
  readonly image: RemovedImage;
  readonly form: ImageForm["kind"];
  readonly pinned: boolean;
  readonly attached: readonly Digest[];
  /** What of the image is left to registries. */
  readonly inRegistry: readonly RegistryPart[];
  /** The manifest or index in the bin. */
  readonly root: Descriptor;
}

/** Undefined for an entry that somebody else has put there. */
export function readRecord({ descriptor }: IndexEntry): RecoveryRecord | undefined {
  const { annotations } = descriptor;
  const key = annotations[ANNOTATION.key];
  const image = readImage(annotations[ANNOTATION.image]);
  if (key === undefined || image === undefined) return undefined;
  return {
    key,
    image,
    form: annotations[ANNOTATION.form] === "config" ? "config" : "manifest",
    pinned: annotations[ANNOTATION.pinned] === "true",
    attached: texts(parseJson(annotations[ANNOTATION.attached])).filter(isDigest),
    inRegistry: readParts(annotations[ANNOTATION.inRegistry]),
    root: descriptor,
  };
}

/** Made by a recovery bin, even where what it says of the image cannot be read. */
export function isBinEntry({ descriptor }: Pick<IndexEntry, "descriptor">): boolean {
  return descriptor.annotations[ANNOTATION.key] !== undefined;
}

/** Those of a layout's own images: what a recovery bin keeps in the same directory is no image of it. */
export function ownEntries(entries: readonly IndexEntry[]): readonly IndexEntry[] {
  return entries.filter((entry) => !isBinEntry(entry));
}

/** The element of `manifests` for a record. */
export function writeRecord({
  key,
  image,
  form,
  pinned,
  attached,
  inRegistry,
  root,
}: RecoveryRecord): JsonObject {
  return {
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.size,
    ...(root.platform === undefined ? {} : { platform: root.platform }),
    annotations: {
      ...(image.createdAt === undefined
        ? {}
        : { "org.opencontainers.image.created": image.createdAt }),
      [ANNOTATION.key]: key,
      [ANNOTATION.image]: JSON.stringify(image),
      [ANNOTATION.form]: form,
      ...(pinned ? { [ANNOTATION.pinned]: "true" } : {}),
      ...(attached.length === 0 ? {} : { [ANNOTATION.attached]: JSON.stringify(attached) }),
      ...(inRegistry.length === 0 ? {} : { [ANNOTATION.inRegistry]: JSON.stringify(inRegistry) }),
    },
  };
}

function readImage(text: string | undefined): RemovedImage | undefined {
  const value = parseJson(text);
  if (!isJsonObject(value)) return undefined;
  const { id, targetKey, targetName, planId, removedAt, createdAt, keepMs, listed } = value;
  if (typeof id !== "string" || !isDigest(id)) return undefined;
  for (const text of [targetKey, targetName, planId, removedAt])
    if (typeof text !== "string") return undefined;
  return {
    id,
    references: texts(value["references"]),
    repoDigests: texts(value["repoDigests"]),
    targetKey: targetKey as string,
    targetName: targetName as string,
    planId: planId as string,
    removedAt: removedAt as string,
    ...(typeof createdAt === "string" ? { createdAt } : {}),
    ...(typeof keepMs === "number" && keepMs >= 0 ? { keepMs } : {}),
    ...(Array.isArray(listed) ? { listed: listed.filter(isJsonObject) } : {}),
    ...readVolume(value["volume"]),
  };
}

function readVolume(value: unknown): Pick<RemovedImage, "volume"> {
  if (!isJsonObject(value) || typeof value["name"] !== "string") return {};
  return { volume: { name: value["name"] } };
}

/** What cannot be read is not left out of the image: it is missed in the bin, and told as damage. */
function readParts(text: string | undefined): readonly RegistryPart[] {
  const value = parseJson(text);
  return Array.isArray(value) ? value.flatMap((each) => readPart(each) ?? []) : [];
}

function readPart(value: unknown): RegistryPart | undefined {
  if (!isJsonObject(value)) return undefined;
  const { digest, repository, blob, mediaType, sizeBytes } = value;
  if (typeof digest !== "string" || !isDigest(digest)) return undefined;
  if (typeof blob !== "string" || !isDigest(blob)) return undefined;
  if (typeof repository !== "string" || typeof mediaType !== "string") return undefined;
  if (typeof sizeBytes !== "number") return undefined;
  return { digest, repository, blob, mediaType, sizeBytes };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

/** Undefined for what is not ours, or damaged: then the entry is one without a record, and left alone. */
function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
