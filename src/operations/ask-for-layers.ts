import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { StoredBlob } from "../plan/archive-bytes.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { RegistryQuestions } from "./registry-questions.ts";

/** For a layer at most so many images are asked for, those with the fewest layers first: the base of the others. */
const MOST_IMAGES_A_LAYER = 3;

/** A layer that would have to go into the bin. */
interface WantedLayer extends StoredBlob {
  readonly platforms: readonly string[];
  /** Images of the host that have it too, and that registries know by a digest. */
  readonly known: readonly Image[];
}

/**
 * Which layers of images registries have, by keys of `Inventory.blobs`: names by digest of images there that have them. Only
 * images of the host can be asked for: nothing else tells where a layer is from.
 */
export async function askForLayers(
  images: ReadonlyMap<Image, readonly StoredBlob[]>,
  inventory: Inventory,
  questions: RegistryQuestions,
  onProgress: (done: number, total: number) => void,
): Promise<ReadonlyMap<string, string>> {
  const wanted = wantedLayers(images, inventory);
  if (wanted.length === 0) return new Map();
  const asked = new Map<string, Promise<ReadonlySet<Digest>>>();
  const digestsOf = (
    lookup: RegistryLookup,
    repoDigest: string,
    platforms: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<Digest>> => {
    const key = [repoDigest, ...platforms].join(" ");
    const known = asked.get(key) ?? readDigests(lookup, repoDigest, platforms, signal);
    asked.set(key, known);
    return known;
  };
  const found = await questions.askAll(
    wanted,
    async (lookup, { digest, platforms, known }, signal) => {
      for (const { repoDigests } of known)
        for (const name of repoDigests)
          if ((await digestsOf(lookup, name, platforms, signal)).has(digest)) return name;
      return undefined;
    },
    onProgress,
  );
  return new Map([...found].map(([{ blob }, name]) => [blob, name]));
}

function wantedLayers(
  images: ReadonlyMap<Image, readonly StoredBlob[]>,
  inventory: Inventory,
): readonly WantedLayer[] {
  const wanted = new Map<string, WantedLayer & { readonly known: Image[] }>();
  for (const [{ platforms }, blobs] of images)
    for (const stored of blobs)
      if (stored.isWorthLeaving) wanted.set(stored.blob, { ...stored, platforms, known: [] });
  if (wanted.size === 0) return [];
  for (const image of inventory.images)
    if (image.repoDigests.length > 0)
      for (const blob of image.blobs) wanted.get(blob)?.known.push(image);
  return [...wanted.values()].flatMap((layer) => {
    const known = layer.known.toSorted((a, b) => a.blobs.length - b.blobs.length);
    return known.length === 0 ? [] : { ...layer, known: known.slice(0, MOST_IMAGES_A_LAYER) };
  });
}

/** Of the tars and of the blobs: stores know layers by the one or by the other. */
async function readDigests(
  lookup: RegistryLookup,
  repoDigest: string,
  platforms: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlySet<Digest>> {
  const layers = await lookup.layersOf({ repoDigest, platforms }, signal);
  return new Set(layers.flatMap(({ diffId, blob }) => [diffId, blob]));
}
