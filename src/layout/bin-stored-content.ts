import type { Descriptor } from "../oci/descriptor.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { ImageForm, StoredContent } from "../ports/image-content.ts";
import type { BinEntry, BinPart } from "../ports/recovery-bin.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import { contentBelow, damaged, describeDocument } from "./bin-contents.ts";
import { findBlob } from "./blob-files.ts";
import { hasBlob } from "./has-blob.ts";
import { readBlob } from "./read-blob.ts";

/** What an image in the bin is made of, ready to be made an image again. */
export function storedContent(
  root: string,
  catalogue: BinCatalogue,
  { image, form, damage }: BinEntry,
): StoredContent {
  if (damage !== undefined) throw damaged(image.id, damage);
  return {
    form,
    open: (digest) => {
      const layer = form.kind === "config" ? catalogue.layer(digest) : undefined;
      return readBlob(
        root,
        layer === undefined ? { digest } : { digest: layer.digest, unpacked: digest },
      );
    },
    sizeOf: async (digest) => {
      const layer = form.kind === "config" ? catalogue.layer(digest) : undefined;
      if (layer !== undefined) return layer.unpackedBytes;
      const file = await findBlob(root, digest);
      if (file === undefined) throw damaged(digest, "the bin does not have it");
      return file.sizeBytes;
    },
    digestsBelow: async () => {
      if (form.kind === "config") return [form.config, ...new Set(form.diffIds)];
      const { present } = await contentBelow(root, await topsOf(root, form), (descriptor) =>
        hasBlob(root, descriptor.digest),
      );
      return [...present.keys()];
    },
  };
}

/** The documents that an image is found below. */
export function topsOf(
  root: string,
  { root: top, attached = [] }: ImageForm & { kind: "manifest" },
): Promise<readonly Descriptor[]> {
  return Promise.all([top, ...attached].map((digest) => describeDocument(root, digest)));
}

/** The pieces of an image: its documents, then its layers from the bottom. */
export async function binParts(
  root: string,
  top: Descriptor,
  { form }: BinEntry,
  catalogue: BinCatalogue,
): Promise<readonly Omit<BinPart, "sharedWith">[]> {
  const has = ({ digest }: Descriptor): boolean => hasBlob(root, digest);
  const tops = form.kind === "config" ? [top] : await topsOf(root, form);
  const { present } = await contentBelow(root, tops, has);
  const parts = [...present.values()].map(({ digest, size, mediaType }) => ({
    digest,
    kind: "blob" as const,
    mediaType,
    storedBytes: size,
  }));
  if (form.kind === "manifest") return parts;
  const layers = [...new Set(form.diffIds)].flatMap((diffId) => {
    const layer = catalogue.layer(diffId);
    if (layer === undefined) return [];
    const { digest, sizeBytes, unpackedBytes } = layer;
    const mediaType: string = MEDIA_TYPE.layerZstd;
    return [
      { digest, kind: "layer" as const, mediaType, storedBytes: sizeBytes, diffId, unpackedBytes },
    ];
  });
  const stored = new Set(layers.map(({ digest }) => digest));
  return [...parts.filter(({ digest }) => !stored.has(digest)), ...layers];
}
