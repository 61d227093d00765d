import type { Digest } from "../oci/digest.ts";
import type { StoredContent } from "./image-content.ts";

/** A manifest or index, word for word. */
export interface RecordedDocument {
  readonly mediaType: string;
  readonly text: string;
}

/** An image of a registry that is to be there again. */
export interface WantedImage {
  /** `repository@digest`. */
  readonly id: string;
  /** Normalised `registry/repository:tag` names to be given to it; those of other repositories are not looked at. */
  readonly references: readonly string[];
  /** Absent where only kept content has it. */
  readonly document?: RecordedDocument;
  /** Manifests that it listed and that were there, by digest. */
  readonly children: readonly Digest[];
  /** By the digest of a blob: other repositories of the registry that had it. */
  readonly alsoIn: Readonly<Record<Digest, readonly string[]>>;
}

/**
 * `made`: the manifest was pushed; `there`: it was there already, and lacked names at the most. `collected`: pieces of it that
 * neither the registry nor anything else has; nothing was pushed that stands on them.
 */
export type Rebuilt =
  | {
      readonly kind: "made" | "there";
      /** Names that it has now. */
      readonly references: readonly string[];
      /** Those of them that it did not have before. */
      readonly given: readonly string[];
      /** Names that mean another image by now, and were left to it. */
      readonly taken: readonly { readonly reference: string; readonly by: Digest }[];
      /** Names that the registry did not let us give, with its words. */
      readonly refused: readonly { readonly reference: string; readonly detail: string }[];
      /** What was attached to it and is nowhere any more. */
      readonly missing: readonly Digest[];
    }
  | { readonly kind: "collected"; readonly missing: readonly Digest[] };

/** Makes an image again where it was removed, from what was recorded of it and what the registry or the bin still has. */
export interface ImageRebuilder {
  /** `openKept`: content that lies elsewhere, asked for where the registry has not all of it any more. */
  rebuildImage(
    wanted: WantedImage,
    openKept: () => Promise<StoredContent | undefined>,
    signal: AbortSignal,
  ): Promise<Rebuilt>;
}
