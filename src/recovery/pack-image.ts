import type { StoredContent } from "../ports/image-content.ts";
import { configArchive, layoutArchive, manifestArchive, type LayersAs } from "./archive-files.ts";
import { writeTar } from "./write-tar.ts";

/**
 * `docker`: what `docker load` takes, which of an image from a containerd store is an OCI layout as well; `oci`: an OCI
 * layout and nothing else.
 */
export type ArchiveFormat = "docker" | "oci";

interface PackOptions {
  /** Without any, they are given one by one after a look. */
  readonly references?: readonly string[];
  readonly format?: ArchiveFormat;
  /** Of an image that is known by its configuration, in the format `docker`. */
  readonly layersAs?: LayersAs;
}

/** Packs an image for an engine to load. */
export function packImage(
  content: StoredContent,
  { references = [], format = "docker", layersAs = "tars" }: PackOptions = {},
): AsyncIterable<Uint8Array> {
  if (format === "oci") return writeTar(layoutArchive(content, references));
  const { form } = content;
  const files =
    form.kind === "config"
      ? configArchive(content, form, references, layersAs)
      : manifestArchive(content, form.root, references);
  return writeTar(files);
}
