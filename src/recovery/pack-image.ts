import type { StoredContent } from "../ports/image-content.ts";
import { configArchive, layoutArchive, manifestArchive } from "./archive-files.ts";
import { writeTar } from "./write-tar.ts";

/**
 * `docker`: what `docker load` takes, which of an image from a containerd store is an OCI layout as well; `oci`: an OCI
 * layout and nothing else.
 */
export type ArchiveFormat = "docker" | "oci";

/** Packs an image for an engine to load, with these names; without any, they are given one by one after a look. */
export function packImage(
  content: StoredContent,
  references: readonly string[] = [],
  format: ArchiveFormat = "docker",
): AsyncIterable<Uint8Array> {
  if (format === "oci") return writeTar(layoutArchive(content, references));
  const { form } = content;
  const files =
    form.kind === "config"
      ? configArchive(content, form, references)
      : manifestArchive(content, form.root, references);
  return writeTar(files);
}
