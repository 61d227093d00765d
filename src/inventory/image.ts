import type { Digest } from "../oci/digest.ts";

/**
 * One image of a target. Times are RFC 3339 in UTC and absent when unknown: a zero, missing or
 * epoch time is unknown, never ancient.
 */
export interface Image {
  /** The digest by which this target removes it: config digest (graphdriver, Podman), manifest or index digest elsewhere. */
  readonly id: Digest;
  /** Fully normalised `registry/repository:tag` names, sorted. */
  readonly references: readonly string[];
  /** Fully normalised `registry/repository@digest` names, sorted. */
  readonly repoDigests: readonly string[];
  /**
   * Repositories that it was pulled from or pushed to, `host/repository` without a port, where the engine writes that down;
   * there, empty means none. Docker's containerd store gives every image with a tag a name by digest as well: those tell nothing.
   */
  readonly origins?: readonly string[];
  /** When it was built, by its own configuration. */
  readonly createdAt?: string;
  /** When it came to this target (pulled, tagged, loaded or pushed). */
  readonly arrivedAt?: string;
  /** When it was pushed, by the registry's own word; then it arrived at that time. */
  readonly pushedAt?: string;
  /** The latest moment at which something is known to have used it. */
  readonly lastUsedAt?: string;
  /** Since when Plimsoll has watched it; nothing counts as unused for longer than this. */
  readonly firstSeenAt?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `os/architecture[/variant]` of the platforms whose content is present. */
  readonly platforms: readonly string[];
  /** As the engine or manifest states it; shared layers included. Never add these up. */
  readonly sizeBytes: number;
  /** Keys of `Inventory.blobs`: everything the image stands on, the content of its children included. */
  readonly blobs: readonly string[];
  /** The image that this one was built on, in the same target (classic builder, commit). */
  readonly parent?: Digest;
  /** The manifests that this index lists and that are images of the inventory themselves. */
  readonly children?: readonly Digest[];
  /** The manifest that this one is attached to (signature, SBOM, attestation). */
  readonly subject?: Digest;
  /** Of what is no image (a signature, a chart): its kind, as a media type. */
  readonly artifactType?: string;
  /** Set where something about the image could not be read: it is kept, for this reason. */
  readonly unreadable?: string;
  /** Why the target itself does not let it go (an immutable tag), or must not be asked to yet. */
  readonly locked?: string;
}
