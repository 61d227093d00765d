import { formatPlatform } from "../../oci/platform.ts";
import type { CacheRecord } from "../../inventory/resources.ts";
import type { Digest } from "../../oci/digest.ts";
import { possibleHoldings } from "../build-cache/build-cache-holdings.ts";
import { boundLayers, type KnownImage } from "./read-containerd-content.ts";
import { snapshotKey } from "./containerd-graph.ts";
import { FactsBook, type ImageFacts } from "../facts-book.ts";
import { sizesFromHistory } from "../layers/layer-api-sizes.ts";
import { lookAtImages, unknownImages } from "../read-image-facts.ts";
import type { ListedImage } from "../read-image-list.ts";
import { awaitedLater } from "../read-list-ahead.ts";
import { toImage } from "../read-image.ts";
import type { ImageReading, ImagesRead } from "../read-images.ts";

const DETAIL =
  "containerd cannot be reached, and the engine does not tell what each blob takes: what may be shared or held counts as staying";

/**
 * Images of a containerd store as the engine alone tells of them. Blobs are snapshots, by the sizes in the histories, and
 * groups of content, by what is surely theirs. Every figure is a lower bound of what a removal frees.
 */
export async function readContainerdList(reading: ImageReading): Promise<ImagesRead> {
  const { client, cache, traits, signal, onProgress } = reading;
  const list = awaitedLater(reading.list());
  const book = new FactsBook(cache, traits.scope);
  const listed = await list;
  const { gone, unreadable } = await lookAtImages(
    { client, signal, imageStore: "containerd" },
    book,
    unknownImages(book, listed),
    (done, total) => onProgress("looking at images", done, total),
  );
  const present = listed.filter((image) => !gone.has(image.id));
  const known: KnownImage[] = present.flatMap((image) => {
    const facts = unreadable.has(image.id) ? undefined : book.images.get(image.id);
    return facts === undefined ? [] : [{ listed: image, facts }];
  });
  const chainIds = new Set(known.flatMap(({ facts }) => facts.chainIds));
  await settleSnapshots(reading, known, book, chainIds);
  book.save(new Set(present.map((image) => image.id)), chainIds);

  const blobs: Record<string, number> = {};
  for (const chainId of chainIds)
    blobs[snapshotKey(chainId)] = book.blobs.get(chainId)?.sizeBytes ?? 0;
  const keyOfLayer = new Map<Digest, string>();
  for (const { diffIds, minBytes } of boundLayers(known)) {
    const key = `content:${diffIds[0] ?? ""}`;
    blobs[key] = minBytes;
    for (const diffId of diffIds) keyOfLayer.set(diffId, key);
  }
  const keysOf = new Map(known.map((image) => [image.listed.id, keysOfImage(image, keyOfLayer)]));
  const buildCache = await holdingsOfCache(reading, known, keysOf, blobs);
  const heldBlobs = await holdingsOfContainers(reading, known, present, blobs);
  const usedAt = await reading.usedAt;
  return {
    images: present.map((image) => {
      const reason = unreadable.get(image.id);
      const lastUsedAt = usedAt.get(image.id);
      const facts = reason === undefined ? book.images.get(image.id) : undefined;
      return toImage(image, facts, {
        blobs: keysOf.get(image.id) ?? [],
        platforms: platformsOf(image, facts),
        ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
        ...(reason === undefined ? {} : { unreadable: `its details could not be read: ${reason}` }),
      });
    }),
    blobs,
    heldBlobs,
    buildCache,
    accuracy:
      unreadable.size === 0
        ? { kind: "at-least", detail: DETAIL }
        : {
            kind: "up-to",
            detail: `${unreadable.size} images could not be looked at, which may share layers`,
          },
    rootIsOurs: false,
  };
}

async function settleSnapshots(
  { client, cache, traits, signal, onProgress }: ImageReading,
  known: readonly KnownImage[],
  book: FactsBook,
  chainIds: ReadonlySet<Digest>,
): Promise<void> {
  const unknown = [...chainIds].filter(
    (chainId) => book.blobs.get(chainId)?.sizeBytes === undefined,
  );
  if (unknown.length === 0) return;
  const images = known.map(({ listed, facts }) => ({
    id: listed.id,
    chainIds: facts.chainIds,
    sizeBytes: 0,
  }));
  const { sizes } = await sizesFromHistory(
    { client, cache, scope: traits.scope, signal },
    images,
    (done, total) => onProgress("reading histories", done, total),
  );
  for (const chainId of unknown) book.addToBlob(chainId, { sizeBytes: sizes.get(chainId) ?? 0 });
}

function keysOfImage(
  { facts }: KnownImage,
  keyOfLayer: ReadonlyMap<Digest, string>,
): readonly string[] {
  const content = (facts.diffIds ?? []).flatMap((diffId) => keyOfLayer.get(diffId) ?? []);
  return [...new Set([...facts.chainIds.map(snapshotKey), ...content])];
}

async function holdingsOfCache(
  { buildCache }: ImageReading,
  known: readonly KnownImage[],
  keysOf: ReadonlyMap<Digest, readonly string[]>,
  blobs: Readonly<Record<string, number>>,
): Promise<readonly CacheRecord[]> {
  const { records } = possibleHoldings(
    await buildCache(undefined),
    known.map(({ facts }) => facts.chainIds),
    // Its size is that of snapshot and content together, where it has been measured.
    (statedBytes, chainId) =>
      statedBytes === 0 || statedBytes >= (blobs[snapshotKey(chainId)] ?? 0),
  );
  const imagesWithChain = new Map<Digest, Set<string>>();
  for (const { listed, facts } of known) {
    for (const chainId of facts.chainIds) {
      const keys = imagesWithChain.get(chainId) ?? new Set();
      for (const key of keysOf.get(listed.id) ?? [])
        if (!key.startsWith("snapshot:")) keys.add(key);
      imagesWithChain.set(chainId, keys);
    }
  }
  return records.map((record) => {
    const keys = new Set<string>();
    for (const chainId of record.blobs ?? []) {
      keys.add(snapshotKey(chainId));
      for (const key of imagesWithChain.get(chainId) ?? []) keys.add(key);
    }
    return { ...record, blobs: [...keys] };
  });
}

/** A container holds the snapshots of its image; where that is not listed any more, it may be any. */
async function holdingsOfContainers(
  { containers }: ImageReading,
  known: readonly KnownImage[],
  present: readonly ListedImage[],
  blobs: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, string>>> {
  const listedIds = new Set(present.map((image) => image.id));
  const held: Record<string, string> = {};
  for (const container of await containers) {
    if (known.length === 0 || listedIds.has(container.imageId)) continue;
    for (const key of Object.keys(blobs)) {
      if (key.startsWith("snapshot:")) held[key] = `container ${container.name}`;
    }
  }
  return held;
}

function platformsOf(listed: ListedImage, facts: ImageFacts | undefined): readonly string[] {
  const platforms = listed.manifests.flatMap(
    ({ Available: isThere, Kind: kind, ImageData: data }) => {
      const { os = "", architecture = "", variant = "" } = data?.Platform ?? {};
      return isThere && kind === "image" && os !== ""
        ? [formatPlatform({ os, architecture, variant })]
        : [];
    },
  );
  return platforms.length > 0 ? [...new Set(platforms)] : (facts?.platforms ?? []);
}
