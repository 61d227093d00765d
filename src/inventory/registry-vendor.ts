/** Registry products that are told apart; `distribution` stands for all that speak the OCI protocol and nothing else. */
export const VENDOR_NAMES = [
  "distribution",
  "harbor",
  "dtr",
  "hub",
  "ghcr",
  "zot",
  "quay",
  "gitlab",
  "ecr",
  "gar",
  "acr",
] as const;

export type VendorName = (typeof VENDOR_NAMES)[number];
