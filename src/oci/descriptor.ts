import { isDigest, type Digest } from "./digest.ts";
import { isJsonObject, textFields } from "./json-object.ts";
import type { Platform } from "./platform.ts";

/** Points to content by digest (image-spec, descriptor.md). */
export interface Descriptor {
  /** Empty where the document does not say. */
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes of the content, as the document states them. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** The content itself is inside the descriptor (`data`), so its blob may be absent. */
  readonly embedded: boolean;
  /** The content can be had elsewhere (`urls`), so its blob may be absent. */
  readonly hasUrls: boolean;
}

/** Why a document of the specification cannot be understood. */
export interface SpecProblem {
  readonly kind: "malformed";
  readonly detail: string;
}

export function malformed(detail: string): SpecProblem {
  return { kind: "malformed", detail };
}

/** Reads one descriptor. `where` is its place in the document (`layers[3]`). */
export function parseDescriptor(value: unknown, where: string): Descriptor | SpecProblem {
  if (!isJsonObject(value)) return malformed(`${where} is not a descriptor`);
  const { digest, size, mediaType, platform, data, urls } = value;
  if (typeof digest !== "string" || !isDigest(digest)) {
    return malformed(`${where} has no valid digest: ${JSON.stringify(digest)}`);
  }
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    return malformed(`${where} has no valid size: ${JSON.stringify(size)}`);
  }
  const parsedPlatform = parsePlatform(platform);
  return {
    mediaType: typeof mediaType === "string" ? mediaType : "",
    digest,
    size,
    annotations: textFields(value["annotations"]),
    ...(parsedPlatform === undefined ? {} : { platform: parsedPlatform }),
    embedded: typeof data === "string",
    hasUrls: Array.isArray(urls) && urls.length > 0,
  };
}

/** Reads a list of descriptors, or the first mistake in it. A missing list is an empty one. */
export function parseDescriptors(
  value: unknown,
  where: string,
): readonly Descriptor[] | SpecProblem {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return malformed(`${where} is not a list`);
  const descriptors: Descriptor[] = [];
  for (const [position, element] of value.entries()) {
    const descriptor = parseDescriptor(element, `${where}[${position}]`);
    if ("kind" in descriptor) return descriptor;
    descriptors.push(descriptor);
  }
  return descriptors;
}

/** Reads `os`, `architecture` and `variant`; undefined where they are not given. */
export function parsePlatform(value: unknown): Platform | undefined {
  if (!isJsonObject(value)) return undefined;
  const { os, architecture, variant } = value;
  if (
    typeof os !== "string" ||
    typeof architecture !== "string" ||
    os === "" ||
    architecture === ""
  ) {
    return undefined;
  }
  return {
    os,
    architecture,
    ...(typeof variant === "string" && variant !== "" ? { variant } : {}),
  };
}
