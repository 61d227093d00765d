import type { Digest } from "../oci/digest.ts";

/** An image as somebody may pull it again. */
export interface PullableImage {
  readonly id: Digest;
  /** `registry/repository@digest`, normalised. */
  readonly repoDigest: string;
  /** `os/architecture[/variant]` of what has to come back. */
  readonly platforms: readonly string[];
}

/** `held`: asked just now, the registry has the manifest and every blob. `unknown`: it did not answer, or refused to. */
export type RegistryAnswer =
  | { readonly kind: "held" }
  | { readonly kind: "lacking" | "unknown"; readonly detail: string };

/** Asks registries whether they still have an image. */
export interface RegistryLookup {
  ask(image: PullableImage, signal: AbortSignal): Promise<RegistryAnswer>;
  /** What a `registry/repository:tag` means there now; undefined where there is none. Rejects where it cannot be told. */
  resolve(reference: string, signal: AbortSignal): Promise<Digest | undefined>;
  close(): Promise<void>;
}
