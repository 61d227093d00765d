import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { JsonObject } from "../oci/json-object.ts";
import type { BinEncryption } from "./bin-encryption.ts";
import type { ContentPart, ImageForm, StoredContent } from "./image-content.ts";

/** What is known of a removed image besides its content. */
export interface RemovedImage {
  readonly id: Digest;
  /** Normalised `registry/repository:tag` names that it had. */
  readonly references: readonly string[];
  readonly repoDigests: readonly string[];
  readonly targetKey: string;
  readonly targetName: string;
  readonly planId: string;
  /** RFC 3339, UTC: when it was put into the bin. */
  readonly removedAt: string;
  readonly createdAt?: string;
  /** Milliseconds that it is kept for from then on, as was promised at its removal; absent: as long as by default. */
  readonly keepMs?: number;
  /** Its elements of the index.json that it was taken from, word for word; layouts only. */
  readonly listed?: readonly JsonObject[];
  /** Set where it is no image but a volume: then it has no names of images. */
  readonly volume?: { readonly name: string };
}

/** A piece of an image that the bin leaves to a registry, which had it when the image went. */
export interface RegistryPart {
  /** By what the image's form knows it: the digest of a layer's tar (`config`), or of the blob itself (`manifest`). */
  readonly digest: Digest;
  /** `registry/repository`, normalised. */
  readonly repository: string;
  /** What it is there: the blob's digest, media type and bytes. */
  readonly blob: Digest;
  readonly mediaType: string;
  readonly sizeBytes: number;
}

/** One image in the bin. */
export interface BinEntry {
  /** Tells entries apart, also of one image that was removed twice. */
  readonly key: string;
  readonly image: RemovedImage;
  readonly form: ImageForm;
  /** What of it is not in the bin; absent where all of it is. */
  readonly inRegistry?: readonly RegistryPart[];
  /** Kept whatever its age. */
  readonly pinned: boolean;
  /** Bytes of its blobs as they are stored, shared ones included. */
  readonly storedBytes: number;
  /** Why it cannot come back, as far as a look without reading all of it tells. */
  readonly damage?: string;
}

/** One piece of an image as the bin keeps it. */
export interface BinPart {
  /** Of what is stored, which is its name there. */
  readonly digest: Digest;
  /** `layer`: stored compressed by the bin; `blob`: anything that is stored as it came. */
  readonly kind: "layer" | "blob";
  readonly mediaType: string;
  /** Nothing for what is left to a registry. */
  readonly storedBytes: number;
  /** Set where the bin leaves it to a registry: the repository there. */
  readonly inRegistry?: string;
  /** Of a `layer`: the digest and the bytes of its tar. */
  readonly diffId?: Digest;
  readonly unpackedBytes?: number;
  /** Keys of the other entries that stand on it. */
  readonly sharedWith: readonly string[];
}

/** A blob that is not what its name says. */
export interface BinDamage {
  readonly digest: Digest;
  readonly detail: string;
  /** Entries that need it. */
  readonly keys: readonly string[];
}

export interface BinRemoval {
  readonly freedBytes: number;
  /** Why space is freed later only, in words: by the next removal, or the next run. */
  readonly postponed?: string;
}

export interface VerifyProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

export interface AddOptions {
  /** Keys of `Inventory.blobs` that the target has of this image. */
  readonly counted?: ReadonlySet<string>;
  /** What is not put into the bin, because a registry has just said that it has it. */
  readonly inRegistry?: readonly RegistryPart[];
}

/** Holds removed images until a deadline. Content is stored once, however many images share it. */
export interface RecoveryBin {
  /** Where it is, for people. */
  readonly location: string;
  readonly encryption: BinEncryption;
  /**
   * Runs the action while nothing leaves the bin, whichever process wants it to: what `holds` says stays true until then.
   * Calls may be nested and made at once.
   */
  whileHeld<T>(action: () => Promise<T>): Promise<T>;
  /** True when the content is there: a blob, or the uncompressed tar of a layer in whatever form it is stored. */
  holds(digest: Digest): boolean;
  /** Stores one part, checked and on disk when this resolves; answers the bytes that the bin grew by. */
  put(part: ContentPart): Promise<number>;
  /**
   * Names the image, all of whose content has been put, or is left to a registry. What was there before this process wrote it is read again first.
   * Rejects, and names nothing, when something is missing or damaged; `holds` knows of it then, so that it can be put anew.
   * Manifests that an index lists may be missing, unless they are among `counted`. Others of
   * those are no part of it: engines keep what a build or a container has left beside.
   */
  add(image: RemovedImage, form: ImageForm, options?: AddOptions): Promise<BinEntry>;
  entries(): Promise<readonly BinEntry[]>;
  /** Rejects where the image is damaged, is closed to the identity, or something of it is in a registry only. */
  contentOf(entry: BinEntry): Promise<StoredContent>;
  /** Bottom layer first. */
  partsOf(entry: BinEntry): Promise<readonly BinPart[]>;
  /** One image for each entry, with its key as its ID and `removedAt` as its arrival; entries of others hold their blobs. */
  inventory(): Promise<Inventory>;
  setPinned(key: string, pinned: boolean): Promise<void>;
  /** Forgets entries and frees what no other needs, what an earlier removal or an interrupted write has left included. */
  remove(keys: readonly string[]): Promise<BinRemoval>;
  /** Reads everything again. */
  verify(
    signal: AbortSignal,
    onProgress?: (progress: VerifyProgress) => void,
  ): Promise<readonly BinDamage[]>;
}
