import type { Digest } from "../oci/digest.ts";
import type { FactsBook } from "./facts-book.ts";
import { PER_TURN, type LayerStore } from "./layers/layer-graphdriver.ts";
import { nextTurn } from "./next-turn.ts";
import type { ListedImage } from "./read-image-list.ts";
import { seenAs } from "./read-image-facts.ts";
import { normaliseNames } from "./read-names.ts";

/**
 * The engine's list of images, made from the files that the engine makes it from, newest first; facts of images that the
 * book does not have are entered. `imageRecords`: how many images the engine says it has. Undefined where the two do not
 * agree, and where anything is missing or not as expected: then the engine is to be asked.
 */
export async function listStoredImages(
  store: LayerStore,
  book: FactsBook,
  imageRecords: number | undefined,
): Promise<readonly ListedImage[] | undefined> {
  const { images } = store;
  if (images === undefined) return undefined;
  // Images before names, as the engine does: a new image without its names yet is better left out.
  const ids = images.ids();
  if (ids.length !== imageRecords) return undefined;
  const names = namesIn(images);
  if (names === undefined) return undefined;
  const noted = images.noted();
  const listed: ListedImage[] = [];
  for (const [position, id] of ids.entries()) {
    if (position % PER_TURN === 0) await nextTurn();
    const image = readStored(store, book, id, names.get(id) ?? [], noted.has(id));
    if (image === undefined) return undefined;
    listed.push(image);
  }
  return listed.toSorted((one, other) => other.created - one.created);
}

function namesIn(
  images: NonNullable<LayerStore["images"]>,
): ReadonlyMap<Digest, readonly string[]> | undefined {
  try {
    return images.names();
  } catch {
    // Not there, or not JSON: the engine answers instead.
    return undefined;
  }
}

function readStored(
  store: LayerStore,
  book: FactsBook,
  id: Digest,
  names: readonly string[],
  isNoted: boolean,
): ListedImage | undefined {
  const known = book.images.get(id);
  // Facts that came from the engine's list are without labels.
  const facts = known?.labels === undefined ? store.readImage(id) : known;
  if (facts === undefined) return undefined;
  let sizeBytes = 0;
  for (const chainId of facts.chainIds) {
    const bytes = book.blobs.get(chainId)?.sizeBytes ?? store.read(chainId)?.sizeBytes;
    if (bytes === undefined) return undefined;
    sizeBytes += bytes;
  }
  // The engine lists no image of another system than its own.
  if (facts.platforms.some((platform) => !platform.startsWith("linux/"))) return undefined;
  const parent = isNoted ? store.images?.parentOf(id) : undefined;
  const image: ListedImage = {
    id,
    ...normaliseNames(names, []),
    ...(parent === undefined ? {} : { parent }),
    created: facts.createdAt === undefined ? 0 : Date.parse(facts.createdAt) / 1000,
    sizeBytes,
    labels: facts.labels ?? {},
    manifests: [],
  };
  const seen = seenAs(image);
  if (known === undefined || facts !== known || known.seenAs !== seen)
    book.setImage(id, { ...facts, seenAs: seen });
  return image;
}
