import type { VendorName } from "../inventory/registry-vendor.ts";
import type { Digest } from "../oci/digest.ts";
import type { RegistryCapabilities } from "../ports/registry-capabilities.ts";
import type { VendorUpkeep } from "../ports/server-upkeep.ts";

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
