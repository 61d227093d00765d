import type { VendorName } from "../inventory/registry-vendor.ts";
import type { RegistryCredentials } from "../ports/registry-credentials.ts";
import { hubAuthorization } from "./vendors/hub-authorization.ts";
import { dtrVendor } from "./vendors/dtr.ts";
import { ghcrVendor } from "./vendors/ghcr.ts";
import { harborVendor } from "./vendors/harbor.ts";
import { hubVendor } from "./vendors/hub.ts";
import { isProtocolVendor, protocolVendor } from "./vendors/protocol-vendor.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { RegistryTransport } from "./transport.ts";
import { basicAuthorization, VendorApi } from "./vendor-api.ts";
import type { RegistryVendor } from "./vendor.ts";

export interface VendorParts {
  readonly registry: string;
  readonly client: RegistryClient;
  readonly transportTo: (host: string) => RegistryTransport;
  readonly credentials: () => Promise<RegistryCredentials | undefined>;
  readonly signal: AbortSignal;
}

/** Interfaces that are not where the registry is. A server of one's own has both in one place. */
const API_HOSTS: Readonly<Record<string, string>> = {
  "docker.io": "hub.docker.com",
  "ghcr.io": "api.github.com",
};

export function openVendor(name: VendorName, parts: VendorParts): RegistryVendor {
  if (isProtocolVendor(name)) return protocolVendor(name, parts.client);
  const { registry, credentials, signal } = parts;
  const transport = parts.transportTo(API_HOSTS[registry] ?? registry);
  const withAuthorization = (authorize: () => Promise<string | undefined>): VendorApi =>
    new VendorApi(transport, signal, authorize);
  const withPassword = (): VendorApi =>
    withAuthorization(async () => basicAuthorization(await credentials()));
  switch (name) {
    case "harbor":
      return harborVendor(registry, withPassword());
    case "dtr":
      return dtrVendor(withPassword());
    case "hub": {
      const userName = async (): Promise<string | undefined> => (await credentials())?.username;
      const authorize = hubAuthorization(transport, credentials, signal);
      return hubVendor(registry, withAuthorization(authorize), userName);
    }
    case "ghcr": {
      // The password of the registry is a token of the interface (docs.github.com/packages, "Authenticating").
      const authorize = async (): Promise<string | undefined> => {
        const token = (await credentials())?.password;
        return token === undefined ? undefined : `Bearer ${token}`;
      };
      // GitHub Enterprise Server: docs.github.com/enterprise-server/rest/quickstart
      const prefix = registry === "ghcr.io" ? "" : "/api/v3";
      return ghcrVendor(withAuthorization(authorize), prefix);
    }
    default:
      return name satisfies never;
  }
}
