import type { Digest } from "../oci/digest.ts";
import type { JsonObject } from "../oci/json-object.ts";

/**
 * What an image is made of, by what its ID is the digest of. `config`: its configuration (graphdriver, Podman), which names
 * its layers by the digests of their uncompressed tars, bottom first; `manifest`: its manifest or index (containerd store,
 * layouts), whose blobs come back as they are, byte for byte.
 */
export type ImageForm =
  | { readonly kind: "config"; readonly config: Digest; readonly diffIds: readonly Digest[] }
  | {
      readonly kind: "manifest";
      readonly root: Digest;
      /** Manifests that nothing lists and that are attached to it, or to what it lists, by their subject. */
      readonly attached?: readonly Digest[];
    };

/** One piece of an image's content. */
export interface ContentPart {
  /** `layer`: the uncompressed tar of one; `blob`: anything that must keep its bytes. */
  readonly kind: "layer" | "blob";
  /** Of the bytes of `chunks`; absent where only the end of them will tell. */
  readonly digest?: Digest;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Of a `blob` with a digest: a file of this machine with the same bytes, which may be linked to instead of copied. */
  readonly file?: string;
}

export interface ReadContentOptions {
  /** Content that is needed; a source may leave out the rest, or give it all the same. */
  readonly isWanted: (digest: Digest) => boolean;
  readonly signal: AbortSignal;
}

/** Reads the content of images, to keep it elsewhere. */
export interface ImageContentReader {
  formOf(id: Digest): Promise<ImageForm>;
  /** Every part is to be read, or left, before the next one is asked for. Nothing promises that all of them come. */
  readContent(id: Digest, form: ImageForm, options: ReadContentOptions): AsyncIterable<ContentPart>;
  /** How the target itself lists the image, word for word, where names and ID alone do not tell that (layouts). */
  listingOf?(id: Digest): Promise<readonly JsonObject[]>;
}

/** Content that an image is made again from. */
export interface StoredContent {
  readonly form: ImageForm;
  /** Every digest that `open` knows for this image: documents and blobs, or configuration and layers' tars. */
  digestsBelow(): Promise<readonly Digest[]>;
  /** Throws before the last bytes where the content is not what its digest says. */
  open(digest: Digest): AsyncIterable<Uint8Array>;
  /** Bytes that `open` gives. */
  sizeOf(digest: Digest): Promise<number>;
  /** The tar of a layer as zstd, where it is stored so; it keeps what `open` promises. */
  openPacked?(diffId: Digest): Promise<PackedTar | undefined>;
}

/** A tar as one zstd stream. */
export interface PackedTar {
  /** Of the stream. */
  readonly sizeBytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

export interface WriteOptions {
  readonly signal: AbortSignal;
  /** How the image was listed before, as `listingOf` told it. */
  readonly listed?: readonly JsonObject[];
}

/** Makes images from stored content. */
export interface ImageContentWriter {
  /** Gives back the image; answers the ID that the target gives it, which may differ where the kinds of store differ. */
  writeImage(content: StoredContent, options: WriteOptions): Promise<Digest>;
}
