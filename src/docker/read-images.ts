import type { Image } from "../inventory/image.ts";
import type { Accuracy } from "../inventory/inventory.ts";
import type { CacheRecord, Container } from "../inventory/resources.ts";
import type { Clock } from "../ports/clock.ts";
import type { Digest } from "../oci/digest.ts";
import type { FactsCache } from "../ports/facts-cache.ts";
import type { EngineClient } from "./connection/engine-client.ts";
import type { ListedImage } from "./read-image-list.ts";
import type { EngineTraits } from "./read-engine.ts";
import type { RememberedImages } from "./remembered-images.ts";

/** What the images of an engine are read with. Containers and build cache are being read at the same time. */
export interface ImageReading {
  readonly client: EngineClient;
  readonly cache: FactsCache;
  readonly traits: EngineTraits;
  readonly now: Clock;
  readonly signal: AbortSignal;
  readonly containerdAddress: string | undefined;
  readonly containers: Promise<readonly Container[]>;
  readonly remembered: RememberedImages;
  /** The one list call of a command. */
  readonly list: () => Promise<readonly ListedImage[]>;
  /** Asks once. `ownRoot`: the engine's data root where it can be read, which may spare the question. */
  readonly buildCache: (ownRoot: string | undefined) => Promise<readonly CacheRecord[]>;
  readonly usedAt: Promise<ReadonlyMap<Digest, string>>;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

/** The images with all that they stand on. */
export interface ImagesRead {
  readonly images: readonly Image[];
  readonly blobs: Readonly<Record<string, number>>;
  readonly diskBytes?: Readonly<Record<string, number>>;
  readonly heldBlobs: Readonly<Record<string, string>>;
  readonly accuracy: Accuracy;
  /** The build cache with the layers it holds; absent where nothing is known about that. */
  readonly buildCache?: readonly CacheRecord[];
  /** The engine's data root is a folder of this machine that was seen to be this engine's. */
  readonly rootIsOurs: boolean;
}
