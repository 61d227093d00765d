import type { Digest } from "../oci/digest.ts";
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
}

/** One image in the bin. */
export interface BinEntry {
  /** Tells entries apart, also of one image that was removed twice. */
  readonly key: string;
  readonly image: RemovedImage;
  readonly form: ImageForm;
  /** Kept whatever its age. */
  readonly pinned: boolean;
  /** Bytes of its blobs as they are stored, shared ones included. */
  readonly storedBytes: number;
}

/** A blob that is not what its name says. */
export interface BinDamage {
  readonly digest: Digest;
  readonly detail: string;
  /** Entries that need it. */
  readonly keys: readonly string[];
}

/** Holds removed images until a deadline. Content is stored once, however many images share it. */
export interface RecoveryBin {
  /** Where it is, for people. */
  readonly location: string;
  /** True when the content is there: a blob, or the uncompressed tar of a layer in whatever form it is stored. */
  holds(digest: Digest): boolean;
  /** Stores one part, checked and on disk when this resolves; answers the bytes that the bin grew by. */
  put(part: ContentPart): Promise<number>;
  /** Names the image, all of whose content has been put. Rejects, and names nothing, when something is missing. */
  add(image: RemovedImage, form: ImageForm): Promise<BinEntry>;
  entries(): Promise<readonly BinEntry[]>;
  contentOf(entry: BinEntry): StoredContent;
  setPinned(key: string, pinned: boolean): Promise<void>;
  /** Forgets entries and frees what no other needs; answers the bytes freed. */
  remove(keys: readonly string[]): Promise<number>;
  /** Reads everything again. */
  verify(signal: AbortSignal): Promise<readonly BinDamage[]>;
}
