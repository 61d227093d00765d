import type { Image } from "../inventory/image.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { EngineTraits } from "./read-engine.ts";
import type { LayerStore } from "./layers/layer-graphdriver.ts";

/** Raised whenever the form below or the meaning of an image's fields changes. */
const FORM = 1;
const SCOPE = "images";

/** Images with all their layers measured. When they were used is not among what is remembered. */
export interface KnownImages {
  readonly images: readonly Image[];
  readonly blobs: Readonly<Record<string, number>>;
  readonly diskBytes: Readonly<Record<string, number>>;
}

/** An image with positions among the keys of `blobs` in place of the keys. */
type PackedImage = Omit<Image, "blobs"> & { readonly blobs: readonly number[] };

interface Packed {
  readonly form: number;
  /** Of which engine, and how its files were. */
  readonly state: string;
  readonly images: readonly PackedImage[];
  readonly blobs: Readonly<Record<string, number>>;
  /** In the order of `blobs`: a second record of the same keys takes five times as long to read. */
  readonly diskBytes: readonly number[];
}

/**
 * What was read of the images of an engine whose data root can be read, for as long as the files there that say what
 * images there are stay as they were. The engine's own count of images must agree as well.
 */
export class RememberedImages {
  readonly #cache: FactsCache;
  readonly #address: string;
  readonly #packed: Packed | undefined;
  #state: string | undefined;

  /** Reads at once what is remembered of the engine at this address: the engine is still to answer who it is. */
  constructor(cache: FactsCache, address: string) {
    this.#cache = cache;
    this.#address = address;
    const text = cache.read(SCOPE, [address]).get(address);
    this.#packed = text === undefined ? undefined : (JSON.parse(text) as Packed);
  }

  /** Looks at the files now: whatever is read of them afterwards, to be kept, is at least as new. */
  recall(traits: EngineTraits, store: LayerStore, nowMs: number): KnownImages | undefined {
    const files = store.images?.state(nowMs);
    if (files === undefined) return undefined;
    this.#state = `${traits.scope} ${traits.engine.version} ${files}`;
    const packed = this.#packed;
    if (packed?.form !== FORM || packed.state !== this.#state) return undefined;
    return packed.images.length === traits.imageRecords ? unpack(packed) : undefined;
  }

  keep({ images, blobs, diskBytes }: KnownImages): void {
    if (this.#state === undefined) return;
    const keys = Object.keys(blobs);
    const positions = new Map(keys.map((key, position) => [key, position]));
    const packed: Packed = {
      form: FORM,
      state: this.#state,
      images: images.map((image) => ({
        ...image,
        blobs: image.blobs.map((key) => positions.get(key) ?? -1),
      })),
      blobs,
      diskBytes: keys.map((key) => diskBytes[key] ?? 0),
    };
    this.#cache.write(SCOPE, new Map([[this.#address, JSON.stringify(packed)]]));
  }
}

function unpack({ images, blobs, diskBytes }: Packed): KnownImages {
  const keys = Object.keys(blobs);
  const onDisk: Record<string, number> = { ...blobs };
  for (const [position, key] of keys.entries()) onDisk[key] = diskBytes[position] ?? 0;
  return {
    images: images.map((image) =>
      Object.assign(image, { blobs: image.blobs.map((position) => keys[position] ?? "") }),
    ),
    blobs,
    diskBytes: onDisk,
  };
}
