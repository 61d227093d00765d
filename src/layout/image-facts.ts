import type { Digest } from "../oci/digest.ts";
import { parseImageConfig, type ImageConfig } from "../oci/image-config.ts";
import { isImageConfigMediaType } from "../oci/media-type.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";
import { findBlob, readDocument, type BlobFile } from "./blob-files.ts";
import type { Content } from "./content-walk.ts";
import { inParallel } from "./in-parallel.ts";

/** The configurations of runnable images, by the digest of the configuration. */
export interface ImageConfigs {
  readonly configs: ReadonlyMap<Digest, ImageConfig>;
  /** Why a configuration that is there could not be read. */
  readonly problems: ReadonlyMap<Digest, string>;
}

/** Reads the configurations that the manifests name. One that is missing is no problem here: its blob is looked for. */
export async function readImageConfigs(
  root: string,
  content: Content,
  options: ObserveOptions,
): Promise<ImageConfigs> {
  const wanted = new Set<Digest>();
  for (const document of content.documents.values()) {
    if (document.kind === "index" || document.config === undefined) continue;
    if (isImageConfigMediaType(document.config.mediaType)) wanted.add(document.config.digest);
  }
  const configs = new Map<Digest, ImageConfig>();
  const problems = new Map<Digest, string>();
  await inParallel(wanted, options.signal, async (digest) => {
    const document = await readDocument(root, digest);
    if (document.kind === "read") configs.set(digest, parseImageConfig(document.value));
    else if (document.kind !== "missing") problems.set(digest, document.detail);
    options.onProgress?.({
      step: "reading configurations",
      done: configs.size,
      total: wanted.size,
    });
  });
  return { configs, problems };
}

/** Looks at the file of each blob; what has none is absent from the answer. */
export async function findBlobs(
  root: string,
  digests: Iterable<Digest>,
  signal: AbortSignal,
): Promise<ReadonlyMap<Digest, BlobFile>> {
  const files = new Map<Digest, BlobFile>();
  await inParallel(digests, signal, async (digest) => {
    const file = await findBlob(root, digest);
    if (file !== undefined) files.set(digest, file);
  });
  return files;
}
