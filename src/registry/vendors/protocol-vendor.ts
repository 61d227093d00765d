import type { VendorName } from "../../inventory/registry-vendor.ts";
import type { RegistryClient } from "../registry-client.ts";
import type { RegistryCapabilities, RegistryVendor } from "../vendor.ts";

const PROTOCOL: RegistryCapabilities = {
  deletesTag: "tried",
  deletesDigest: true,
  hasPushTime: false,
  hasPullTime: false,
  listsUntagged: false,
  listsReferrers: true,
  dryRun: false,
  immutableTags: false,
};

/**
 * Registries that are spoken to by the OCI protocol alone. distribution 2.8 refuses to delete by tag (400), 3 does it; ECR
 * and GAR have tags that may be immutable, which shows when they refuse.
 */
const CAPABILITIES = {
  distribution: PROTOCOL,
  zot: PROTOCOL,
  quay: PROTOCOL,
  gitlab: PROTOCOL,
  ecr: { ...PROTOCOL, immutableTags: true },
  // "Manifests that have tags cannot be deleted": cloud.google.com/artifact-registry/docs/docker/manage-images
  gar: { ...PROTOCOL, wantsTagsGoneFirst: true, immutableTags: true },
  // Its deletion by reference takes the whole manifest: learn.microsoft.com/azure/container-registry/container-registry-delete
  acr: { ...PROTOCOL, deletesTag: "no", immutableTags: true },
} as const satisfies Partial<Record<VendorName, RegistryCapabilities>>;

export type ProtocolVendorName = keyof typeof CAPABILITIES;

export function isProtocolVendor(name: VendorName): name is ProtocolVendorName {
  return Object.hasOwn(CAPABILITIES, name);
}

export function protocolVendor(name: ProtocolVendorName, client: RegistryClient): RegistryVendor {
  return {
    name,
    can: CAPABILITIES[name],
    repositories: () => client.repositories(),
    deleteDigest: (repository, digest) => client.deleteManifest(repository, digest),
    deleteTag: (repository, tag) => client.deleteManifest(repository, tag),
  };
}
