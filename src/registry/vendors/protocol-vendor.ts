import type { VendorName } from "../../inventory/registry-vendor.ts";
import type { RegistryCapabilities } from "../../ports/registry-capabilities.ts";
import type { RegistryClient } from "../registry-client.ts";
import type { RegistryVendor } from "../vendor.ts";

/** What is tried of any registry. distribution 2.8 refuses to delete by tag (400), 3 does it. */
export const PROTOCOL: RegistryCapabilities = {
  deletesTag: "tried",
  deletesDigest: true,
  hasPushTime: false,
  hasPullTime: false,
  listsUntagged: false,
  listsReferrers: true,
  dryRun: false,
  immutableTags: false,
};

/** A registry that is spoken to by the OCI protocol alone; what others add to. */
export function protocolVendor(
  name: VendorName,
  client: RegistryClient,
  can: RegistryCapabilities = PROTOCOL,
): RegistryVendor {
  return {
    name,
    can,
    repositories: () => client.repositories(),
    deleteDigest: (repository, digest) => client.deleteManifest(repository, digest),
    deleteTag: (repository, tag) => client.deleteManifest(repository, tag),
  };
}
