import { isDigest, type Digest } from "./digest.ts";
import { parsePlatform } from "./descriptor.ts";
import { isJsonObject, textFields } from "./json-object.ts";
import type { Platform } from "./platform.ts";

/** One step of a build. */
export interface HistoryEntry {
  /** Empty when the builder did not record it. */
  readonly createdBy: string;
  readonly createdAt?: string;
  /** Made no layer (`ENV`, `CMD`, …). */
  readonly emptyLayer: boolean;
}

/** What an image's configuration says of it (image-spec, config.md). */
export interface ImageConfig {
  readonly createdAt?: string;
  readonly platform?: Platform;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of the uncompressed layers, bottom first. */
  readonly diffIds: readonly Digest[];
  readonly history: readonly HistoryEntry[];
}

/** Reads a configuration from parsed JSON; what is missing or of another type is left out. */
export function parseImageConfig(value: unknown): ImageConfig {
  const history = isJsonObject(value) ? listOf(value["history"]) : [];
  return {
    ...parseConfigHead(value),
    history: history.filter(isJsonObject).map(parseHistoryEntry),
  };
}

/** As `parseImageConfig`, but for the steps of the build, which are most of it. */
export function parseConfigHead(value: unknown): Omit<ImageConfig, "history"> {
  const document = isJsonObject(value) ? value : {};
  const run = isJsonObject(document["config"]) ? document["config"] : {};
  const rootfs = isJsonObject(document["rootfs"]) ? document["rootfs"] : {};
  const platform = parsePlatform(document);
  const diffIds = listOf(rootfs["diff_ids"]).filter(
    (element): element is Digest => typeof element === "string" && isDigest(element),
  );
  return {
    ...createdAtField(document["created"]),
    ...(platform === undefined ? {} : { platform }),
    labels: textFields(run["Labels"]),
    diffIds,
  };
}

/**
 * A time of a document in RFC 3339, UTC. Undefined when it is missing or no time, and when it is the zero time or the
 * epoch: reproducible builds write those in place of a time.
 */
export function knownTime(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) || at <= 0 ? undefined : new Date(at).toISOString();
}

function parseHistoryEntry(value: Readonly<Record<string, unknown>>): HistoryEntry {
  const { created, created_by: createdBy, empty_layer: emptyLayer } = value;
  return {
    createdBy: typeof createdBy === "string" ? createdBy : "",
    ...createdAtField(created),
    emptyLayer: emptyLayer === true,
  };
}

function createdAtField(value: unknown): { createdAt?: string } {
  const createdAt = knownTime(value);
  return createdAt === undefined ? {} : { createdAt };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
