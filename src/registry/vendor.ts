import type { VendorName } from "../inventory/registry-vendor.ts";
import type { Digest } from "../oci/digest.ts";
import type { VendorUpkeep } from "../ports/server-upkeep.ts";

/** What a registry can do, as it is declared; nothing else in the program asks which product it is. */
export interface RegistryCapabilities {
  /**
   * One tag goes and the manifest stays with its others: `yes` by an operation of its own; `tried` where the protocol's
   * deletion by tag does it or is refused; `no` where that would take the manifest with all its tags.
   */
  readonly deletesTag: "yes" | "tried" | "no";
  /** Where it is false, an image goes by losing its tags; its content goes with the registry's own collection. */
  readonly deletesDigest: boolean;
  /** A manifest with tags is refused: they have to go first. */
  readonly wantsTagsGoneFirst?: true;
  readonly hasPushTime: boolean;
  readonly hasPullTime: boolean;
  /** False: a manifest that no tag reaches is not known of, and never touched. */
  readonly listsUntagged: boolean;
  /** Worth asking: whether a repository has the referrers API is found out by its answer. */
  readonly listsReferrers: boolean;
  /** The registry has retention of its own, and tells what that would take. */
  readonly dryRun: boolean;
  readonly immutableTags: boolean;
}

/** One digest of a repository, as the vendor's own listing has it. Times are RFC 3339, absent when unknown. */
export interface ListedArtifact {
  readonly digest: Digest;
  readonly tags: readonly string[];
  /** The latest of the manifest and its tags. */
  readonly pushedAt?: string;
  readonly pulledAt?: string;
  /** Why the registry does not let it go. */
  readonly locked?: string;
  /** What is attached to it, as far as the listing tells. */
  readonly referrers?: readonly Digest[];
}

/** The few operations in which registries differ. */
export interface RegistryVendor extends VendorUpkeep {
  readonly name: VendorName;
  readonly can: RegistryCapabilities;
  /** All that this user may see; rejects when any page fails. */
  repositories(): AsyncIterable<string>;
  /**
   * Absent where the protocol's list of tags is all there is; undefined where the vendor's own is not open to this user. Rejects
   * when any page fails.
   */
  artifacts?(repository: string): Promise<readonly ListedArtifact[] | undefined>;
  /**
   * Deletes a manifest with all its tags; `gone`: it was not there any more. Only called where `deletesDigest`, after a
   * look at what it is tagged with.
   */
  deleteDigest(repository: string, digest: Digest): Promise<"deleted" | "gone">;
  /** Takes one tag away, which was looked at and means `digest`. Only called where `deletesTag` is not `no`. */
  deleteTag(repository: string, tag: string, digest: Digest): Promise<"deleted" | "gone">;
}
