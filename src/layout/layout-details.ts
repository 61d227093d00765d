import { createHash } from "node:crypto";

import { layersOfManifest } from "../inventory/layer.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig, type ImageConfig } from "../oci/image-config.ts";
import {
  isAttestationEntry,
  parseManifest,
  type ImageManifest,
  type Manifest,
} from "../oci/manifest.ts";
import { isImageConfigMediaType } from "../oci/media-type.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import { blobPath, readDocument } from "./blob-files.ts";
import { openLayout } from "./index-file.ts";
import { LayoutError } from "./layout-error.ts";

/** Looks at single images of a layout. For an index, layers are those of the first platform whose manifest is here. */
export function createLayoutDetails(directory: string): ImageDetails {
  return {
    async raw(id) {
      const root = await openLayout(directory);
      const value = await requireDocument(root, id);
      const manifest = requireManifest(root, id, value);
      if (manifest.kind === "index") return { index: value };
      if (manifest.config === undefined || !isImageConfigMediaType(manifest.config.mediaType)) {
        return { manifest: value };
      }
      return { manifest: value, config: await requireDocument(root, manifest.config.digest) };
    },
    async layers(id) {
      const root = await openLayout(directory);
      const manifest = await firstManifest(root, id);
      if (manifest === undefined) return [];
      return layersOfManifest(manifest, await readConfig(root, manifest.config), sha256);
    },
  };
}

async function requireDocument(root: string, digest: Digest): Promise<unknown> {
  const document = await readDocument(root, digest);
  if (document.kind === "read") return document.value;
  throw new LayoutError(document.kind === "missing" ? "not-found" : "corrupt", {
    file: blobPath(root, digest),
    detail: document.detail,
    hint: "Copy the image here again.",
  });
}

function requireManifest(root: string, digest: Digest, value: unknown): Manifest {
  const manifest = parseManifest(value);
  if (manifest.kind !== "malformed") return manifest;
  throw new LayoutError("corrupt", {
    file: blobPath(root, digest),
    detail: manifest.detail,
    hint: "Copy the image here again.",
  });
}

/** The manifest itself, or the first below an index; undefined when none of those it lists is here. */
async function firstManifest(root: string, id: Digest): Promise<ImageManifest | undefined> {
  const top = requireManifest(root, id, await requireDocument(root, id));
  const seen = new Set<Digest>([id]);
  const waiting: Descriptor[] = [];
  for (let manifest: Manifest | undefined = top; ;) {
    if (manifest?.kind === "manifest") return manifest;
    if (manifest?.kind === "index")
      waiting.unshift(...manifest.manifests.filter((entry) => !isAttestationEntry(entry)));
    const next = waiting.shift();
    if (next === undefined) return undefined;
    manifest = undefined;
    if (seen.has(next.digest)) continue;
    seen.add(next.digest);
    const document = await readDocument(root, next.digest);
    if (document.kind !== "missing")
      manifest = requireManifest(root, next.digest, await requireDocument(root, next.digest));
  }
}

async function readConfig(root: string, config: Descriptor | undefined): Promise<ImageConfig> {
  if (config === undefined || !isImageConfigMediaType(config.mediaType))
    return parseImageConfig({});
  return parseImageConfig(await requireDocument(root, config.digest));
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
