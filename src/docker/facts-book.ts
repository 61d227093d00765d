import type { Accuracy } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";

/** What the list does not tell of an image. All but `taggedAt` never changes for an ID. */
export interface ImageFacts {
  readonly createdAt?: string;
  /** `os/architecture[/variant]` of the platforms whose content is there. */
  readonly platforms: readonly string[];
  /** Bottom first; none where layers are found another way (containerd). */
  readonly chainIds: readonly Digest[];
  /** Digests of the uncompressed layers, where blobs are told apart by them (containerd, from the engine alone). */
  readonly diffIds?: readonly Digest[];
  /** As inspect states it: on the containerd store the compressed content of the image. */
  readonly statedBytes?: number;
  /** Where no list has told them. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The manifests of an index that are there, or the manifest itself (containerd). */
  readonly manifests?: readonly Digest[];
  /**
   * When one of the names was last given, as it was when the set of names was last seen to change. Giving the same name
   * once more is noticed only where the engine's disk can be read: elsewhere the image may be younger than this says.
   */
  readonly taggedAt?: string;
  /** What the facts were read for: another set of names (or of present platforms) means another look. */
  readonly seenAs: string;
}

/** What is known of a blob under its key. None of it changes while the blob exists. */
export interface BlobFacts {
  readonly sizeBytes?: number;
  readonly diskBytes?: number;
  /** Where a layer is on the engine's disk: a folder name below the driver's own. */
  readonly directory?: string;
  /** Set where the size is a bound, not known to be exact. */
  readonly doubt?: Accuracy;
}

/** Raised whenever the form below changes. */
const FORM = 1;
const KEY = "facts";

/** Image facts with positions of blobs in place of chain IDs. */
type PackedImage = Omit<ImageFacts, "chainIds"> & { readonly layers: readonly number[] };

interface PackedBook {
  readonly form: number;
  readonly blobs: readonly (readonly [string, BlobFacts])[];
  readonly images: readonly (readonly [Digest, PackedImage])[];
}

/**
 * What is remembered of one engine's images and layers. One entry of the cache, not one for each fact: five thousand small
 * entries take longer to read than the engine takes for its list. Two commands at a time may overwrite each other's
 * additions, which costs time only.
 */
export class FactsBook {
  readonly images = new Map<Digest, ImageFacts>();
  readonly blobs = new Map<string, BlobFacts>();
  readonly #cache: FactsCache;
  readonly #scope: string;
  #changed = false;

  constructor(cache: FactsCache, scope: string) {
    this.#cache = cache;
    this.#scope = scope;
    const text = cache.read(scope, [KEY]).get(KEY);
    const packed = text === undefined ? undefined : (JSON.parse(text) as PackedBook);
    if (packed?.form !== FORM) return;
    for (const [key, facts] of packed.blobs) this.blobs.set(key, facts);
    for (const [id, { layers, ...facts }] of packed.images) {
      this.images.set(id, {
        ...facts,
        chainIds: layers.map((position) => packed.blobs[position]?.[0] ?? ""),
      });
    }
  }

  setImage(id: Digest, facts: ImageFacts): void {
    this.images.set(id, facts);
    this.#changed = true;
  }

  /** Adds to what is known of a blob. */
  addToBlob(key: string, facts: BlobFacts): void {
    this.blobs.set(key, { ...this.blobs.get(key), ...facts });
    this.#changed = true;
  }

  /** Writes the book when something is new, without what is not there any more. */
  save(imageIds: ReadonlySet<Digest>, blobKeys: ReadonlySet<string>): void {
    if (!this.#changed) return;
    const blobs = [...this.blobs].filter(([key]) => blobKeys.has(key));
    const positions = new Map(blobs.map(([key], position) => [key, position]));
    const images: [Digest, PackedImage][] = [];
    for (const [id, { chainIds, ...facts }] of this.images) {
      const layers = chainIds.map((chainId) => positions.get(chainId));
      if (!imageIds.has(id) || !layers.every((position) => position !== undefined)) continue;
      images.push([id, { ...facts, layers }]);
    }
    const packed: PackedBook = { form: FORM, blobs, images };
    this.#cache.write(this.#scope, new Map([[KEY, JSON.stringify(packed)]]));
    this.#changed = false;
  }
}
