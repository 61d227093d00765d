import type { Digest } from "../oci/digest.ts";

/** What an image is at this moment, as far as a removal needs to know. */
export interface CurrentImage {
  readonly id: Digest;
  /** Normalised `registry/repository:tag` names, sorted. */
  readonly references: readonly string[];
  /** What uses it now, for people: containers, also by image mounts, and services (`container web`). */
  readonly usedBy: readonly string[];
  /** When one of its names was last given, the same one once more included; RFC 3339, absent when unknown. */
  readonly taggedAt?: string;
}

/** What a container, volume or network is at this moment. */
export interface CurrentResource {
  readonly id: string;
  /** Container state (`exited`, `running`, …); empty for the other kinds. */
  readonly state: string;
  /** Why it cannot go, when something uses it. */
  readonly usedBy: readonly string[];
  /** When a stopped container started or ended last, whichever is later; RFC 3339, absent when unknown. */
  readonly lastRanAt?: string;
}

/**
 * How one removal ended. `removed`: this call did it; `gone`: it was not there any more; `conflict`: something
 * uses it (HTTP 409); `refused`: the target will not (permission, unsupported); `timed-out`: no answer in time, the
 * state is unknown; `failed`: anything else.
 */
export interface Removal {
  readonly outcome: "removed" | "gone" | "conflict" | "refused" | "timed-out" | "failed";
  /** The target's own words, for everything but `removed`. */
  readonly detail: string;
  /** Image IDs that the target says went away, the asked one included. */
  readonly deletedImages: readonly Digest[];
  /** Keys of `Inventory.blobs` that the target says went away; empty where it does not tell. */
  readonly deletedBlobs: readonly string[];
  /** Bytes that the target says were freed, where that is its only account (containers, build cache). */
  readonly freedBytes?: number;
}

/** Removes single things, each named by its full ID. Never in bulk, never by force. */
export interface ImageRemover {
  /** How many removals this target bears at once. */
  readonly concurrency: number;
  /** Set where `deletedBlobs` of every removal is the whole truth: none told means that none went. */
  readonly tellsDeletedBlobs?: boolean;
  /** Undefined when there is no such image. */
  currentImage(id: Digest): Promise<CurrentImage | undefined>;
  /** Where the name points now; undefined when it does not exist. */
  resolveReference(reference: string): Promise<Digest | undefined>;
  currentContainer(id: string): Promise<CurrentResource | undefined>;
  currentVolume(name: string): Promise<CurrentResource | undefined>;
  currentNetwork(id: string): Promise<CurrentResource | undefined>;

  /**
   * Deletes an image by ID. Where the engine insists on the names first, they go one by one, each after a look that it
   * still means this image; a name that is not in `references` stops that.
   */
  deleteImage(id: Digest, references: readonly string[]): Promise<Removal>;
  /** Removes one name; `id` is the image it must still mean. */
  untag(reference: string, id: Digest): Promise<Removal>;
  removeContainer(id: string): Promise<Removal>;
  removeVolume(name: string): Promise<Removal>;
  removeNetwork(id: string): Promise<Removal>;
  removeCacheRecord(id: string): Promise<Removal>;

  /** Which of these image IDs the target still lists, dangling leftovers included. */
  stillListed(ids: readonly Digest[]): Promise<readonly Digest[]>;
  /**
   * Carries out what removals leave for later (a layout's sweep of blobs that nothing reaches). Keys of
   * `Inventory.blobs` that went away; where the target frees at once this does nothing and answers none.
   */
  sweep(): Promise<readonly string[]>;
  /** Which of these blobs are still there; undefined where the target cannot tell. */
  blobsStillThere(keys: readonly string[]): Promise<readonly string[] | undefined>;
  /** Bytes that all content takes now, by the target's own count; undefined where it has none that can be compared. */
  contentBytes(): Promise<number | undefined>;
}
