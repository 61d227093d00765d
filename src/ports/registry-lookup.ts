import type { Digest } from "../oci/digest.ts";

/** An image as somebody may pull it again. */
export interface PullableImage {
  readonly id: Digest;
  /** `registry/repository@digest`, normalised. */
  readonly repoDigest: string;
  /** `os/architecture[/variant]` of what has to come back. */
  readonly platforms: readonly string[];
}

/** A layer of an image as a registry has it. */
export interface RegistryLayer {
  /** Of its uncompressed tar. */
  readonly diffId: Digest;
  readonly blob: Digest;
  readonly mediaType: string;
  /** Of the blob. */
  readonly sizeBytes: number;
}

/** `held`: asked just now, the registry has the manifest and every blob. `unknown`: it did not answer, or refused to. */
export type RegistryAnswer =
  | { readonly kind: "held" }
  | { readonly kind: "lacking" | "unknown"; readonly detail: string };

/** Asks registries whether they still have an image. */
export interface RegistryLookup {
  ask(image: PullableImage, signal: AbortSignal): Promise<RegistryAnswer>;
  /** Those of its layers that the registry has, asked just now, whether or not it has the rest; none where it does not tell. */
  layersOf(
    image: Omit<PullableImage, "id">,
    signal: AbortSignal,
  ): Promise<readonly RegistryLayer[]>;
  /** Whether a `registry/repository` has a blob, asked just now. */
  askBlob(repository: string, blob: Digest, signal: AbortSignal): Promise<RegistryAnswer>;
  /** Of a `registry/repository`. Rejects, before the last bytes, where the content is not what its digest says. */
  openBlob(repository: string, blob: Digest, signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** What a `registry/repository:tag` means there now; undefined where there is none. Rejects where it cannot be told. */
  resolve(reference: string, signal: AbortSignal): Promise<Digest | undefined>;
  close(): Promise<void>;
}
