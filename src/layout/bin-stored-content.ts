import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { MEDIA_TYPE } from "../oci/media-type.ts";
import type { ImageForm, StoredContent } from "../ports/image-content.ts";
import type { BinEntry, BinPart, RegistryPart } from "../ports/recovery-bin.ts";
import {
  blobsOf,
  contentBelow,
  damaged,
  describeDocument,
  type StoredLayer,
} from "./bin-contents.ts";
import type { BinKeys } from "./bin-keys.ts";
import { findBlob } from "./blob-files.ts";
import { hasBlob } from "./has-blob.ts";
import { readBlob } from "./read-blob.ts";

/**
 * What an image in the bin is made of, ready to be made an image again. `readLayers` answers the layers that the image's own
 * manifest names: another blob of the same tar may come and go with other images.
 */
export function storedContent(
  root: string,
  { image, form, damage }: BinEntry,
  readLayers: () => Promise<ReadonlyMap<Digest, StoredLayer>>,
  keys: BinKeys,
): StoredContent {
  if (damage !== undefined) throw damaged(image.id, damage);
  const layerOf = async (digest: Digest): Promise<StoredLayer | undefined> =>
    form.kind === "config" ? (await readLayers()).get(digest) : undefined;
  return {
    form,
    async *open(digest) {
      const layer = await layerOf(digest);
      const stored = layer === undefined ? { digest } : { digest: layer.digest, unpacked: digest };
      yield* readBlob(root, stored, keys);
    },
    sizeOf: async (digest) => {
      const layer = await layerOf(digest);
      if (layer !== undefined) return layer.unpackedBytes;
      const file = await findBlob(root, digest);
      if (file === undefined) throw damaged(digest, "the bin does not have it");
      return file.sizeBytes;
    },
    openPacked: async (diffId) => {
      const layer = await layerOf(diffId);
      if (layer === undefined) return undefined;
      const chunks = readBlob(root, { digest: layer.digest }, keys);
      return { sizeBytes: layer.sizeBytes, chunks };
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
  { form, inRegistry = [] }: BinEntry,
  layers: ReadonlyMap<Digest, StoredLayer>,
  storedBytesOf: (digest: Digest, sizeBytes: number) => number,
): Promise<readonly Omit<BinPart, "sharedWith">[]> {
  const has = ({ digest }: Descriptor): boolean => hasBlob(root, digest);
  const tops = form.kind === "config" ? [top] : await topsOf(root, form);
  const { present } = await contentBelow(root, tops, has, blobsOf(inRegistry));
  const stored = new Set([...layers.values()].map(({ digest }) => digest));
  const blobs = [...present.values()]
    .filter(({ digest }) => !stored.has(digest))
    .map(({ digest, size, mediaType }) => ({
      digest,
      kind: "blob" as const,
      mediaType,
      storedBytes: storedBytesOf(digest, size),
    }));
  const unpacked = [...layers].map(([diffId, { digest, sizeBytes, unpackedBytes }]) => ({
    digest,
    kind: "layer" as const,
    mediaType: MEDIA_TYPE.layerZstd as string,
    storedBytes: storedBytesOf(digest, sizeBytes),
    diffId,
    unpackedBytes,
  }));
  return [...blobs, ...inRegistry.map((part) => partElsewhere(part, form)), ...unpacked];
}

function partElsewhere(
  { digest, repository, blob, mediaType }: RegistryPart,
  { kind }: ImageForm,
): Omit<BinPart, "sharedWith"> {
  const common = { digest: blob, mediaType, storedBytes: 0, inRegistry: repository };
  return kind === "config"
    ? { ...common, kind: "layer", diffId: digest }
    : { ...common, kind: "blob" };
}
