import type { Descriptor } from "../oci/descriptor.ts";
import { isDigest } from "../oci/digest.ts";
import { isJsonObject, type JsonObject } from "../oci/json-object.ts";
import type { ImageForm } from "../ports/image-content.ts";
import type { RemovedImage } from "../ports/recovery-bin.ts";
import type { IndexEntry } from "./index-file.ts";

/** On a descriptor of the bin's index.json, all of them texts as image-spec's annotations.md wants it. */
const ANNOTATION = {
  /** The `RemovedImage` as JSON. */
  image: "dev.plimsoll.bin.image",
  key: "dev.plimsoll.bin.key",
  pinned: "dev.plimsoll.bin.pinned",
  /** `config` where the manifest was made for the bin, and the image's ID is that of its configuration. */
  form: "dev.plimsoll.bin.form",
} as const;

/** An entry of index.json that the bin has made. */
export interface RecoveryRecord {
  readonly key: string;
  readonly image: RemovedImage;
  readonly form: ImageForm["kind"];
  readonly pinned: boolean;
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
    root: descriptor,
  };
}

/** The element of `manifests` for a record. */
export function writeRecord({ key, image, form, pinned, root }: RecoveryRecord): JsonObject {
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
    },
  };
}

function readImage(text: string | undefined): RemovedImage | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not ours, or damaged: then the entry is shown as one without a record, and left alone.
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const { id, targetKey, targetName, planId, removedAt, createdAt, keepMs } = value;
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
  };
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
