import type { VendorName } from "../inventory/registry-vendor.ts";

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

/** Which product stands behind an address, and what it can do where this user may do it. */
export interface RegistryProduct {
  readonly name: VendorName;
  readonly can: RegistryCapabilities;
}
