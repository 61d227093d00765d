import type { EngineKind } from "../harness/engine-kinds.ts";
import type { ImageSpec } from "../harness/image-tar.ts";

/**
 * A target of the suite, worked on from outside: every call goes past the product, so that what it says and does can be
 * held against something else. References are written in full (`images.test/app:1`).
 */
export interface ContractTarget {
  readonly kind: EngineKind | "layout";
  /** As `--target` takes it. */
  readonly address: string;
  load(images: readonly ImageSpec[]): Promise<void>;
  /** Rejects when nothing has this name. */
  idOf(reference: string): Promise<string>;
  tag(id: string, reference: string): Promise<void>;
  /** Takes one name away, and the image with its last one. */
  removeName(reference: string): Promise<void>;
  /** IDs of all images, those without a name included. */
  listIds(): Promise<ReadonlySet<string>>;
  /** Names of all images. */
  listNames(): Promise<readonly string[]>;
  /** Reads all content of an image, as somebody who needs it would; rejects when any is missing. */
  readOut(reference: string): Promise<void>;
  /** Allocated bytes of all image content. */
  contentDiskBytes(): number;
  stop(): Promise<void>;
}
