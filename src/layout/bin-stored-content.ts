import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { StoredContent } from "../ports/image-content.ts";
import type { BinEntry, BinPart } from "../ports/recovery-bin.ts";
import type { BinCatalogue } from "./bin-catalogue.ts";
import { contentBelow, damaged } from "./bin-contents.ts";
import { findBlob, readDocument } from "./blob-files.ts";
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
      const { present } = await contentBelow(
        root,
        await describeDocument(root, form.root),
        ({ digest }) => hasBlob(root, digest),
      );
      return [...present.keys()];
    },
  };
}

/** A manifest or index in the bin as another one would name it. Throws where it is not what its digest says. */
export async function describeDocument(root: string, digest: Digest): Promise<Descriptor> {
  const document = await readDocument(root, digest);
  if (document.kind !== "read") throw damaged(digest, document.detail);
  const manifest = parseManifest(document.value);
  if (manifest.kind === "malformed") throw damaged(digest, manifest.detail);
  const file = await findBlob(root, digest);
  return descriptorOf(
    manifest.mediaType || MEDIA_TYPE[manifest.kind],
    digest,
    file?.sizeBytes ?? 0,
  );
}

export function descriptorOf(mediaType: string, digest: Digest, size: number): Descriptor {
  return { mediaType, digest, size, annotations: {}, embedded: false, hasUrls: false };
}

/** The pieces of an image: its documents, then its layers from the bottom. */
export async function binParts(
  root: string,
  top: Descriptor,
  { form }: BinEntry,
  catalogue: BinCatalogue,
): Promise<readonly Omit<BinPart, "sharedWith">[]> {
  const has = ({ digest }: Descriptor): boolean => hasBlob(root, digest);
  const { present } = await contentBelow(root, top, has);
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
