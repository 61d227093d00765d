import type { VendorName } from "../inventory/registry-vendor.ts";
import type { Clock } from "../ports/clock.ts";
import type { AwsCredentials, RegistryCredentials } from "../ports/registry-credentials.ts";
import { acrVendor } from "./vendors/acr.ts";
import { EcrApi } from "./vendors/ecr-api.ts";
import { ecrPlace, ecrVendor, type EcrPlace } from "./vendors/ecr.ts";
import { garVendor } from "./vendors/gar.ts";
import { gitlabVendor } from "./vendors/gitlab.ts";
import { hubAuthorization } from "./vendors/hub-authorization.ts";
import { dtrVendor } from "./vendors/dtr.ts";
import { ghcrVendor } from "./vendors/ghcr.ts";
import { harborVendor } from "./vendors/harbor.ts";
import { hubVendor } from "./vendors/hub.ts";
import type { NativeParts } from "./vendors/native-parts.ts";
import { protocolVendor } from "./vendors/protocol-vendor.ts";
import { quayVendor } from "./vendors/quay.ts";
import { zotVendor } from "./vendors/zot.ts";
import type { ContentPusher } from "./push-content.ts";
import type { RegistryClient } from "./registry-client.ts";
import type { RegistryTransport } from "./transport.ts";
import { basicAuthorization, VendorApi } from "./vendor-api.ts";
import type { RegistryVendor } from "./vendor.ts";

export interface VendorParts {
  readonly registry: string;
  readonly client: RegistryClient;
  readonly pusher: ContentPusher;
  readonly transportTo: (host: string) => RegistryTransport;
  readonly credentials: () => Promise<RegistryCredentials | undefined>;
  /** For Amazon's own interface. */
  readonly awsCredentials: () => Promise<AwsCredentials | undefined>;
  /** In place of where the name of the registry says. */
  readonly ecrPlace: EcrPlace | undefined;
  readonly clock: Clock;
  /** Told what is done without, and why. */
  readonly notify: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Interfaces that are not where the registry is. A server of one's own has both in one place. */
const API_HOSTS: readonly (readonly [registry: RegExp, host: string])[] = [
  [/^docker\.io$/, "hub.docker.com"],
  [/^ghcr\.io$/, "api.github.com"],
  [/-docker\.pkg\.dev$/, "artifactregistry.googleapis.com"],
];

export function openVendor(name: VendorName, parts: VendorParts): RegistryVendor {
  const { registry, client, credentials, signal } = parts;
  const host = API_HOSTS.find(([pattern]) => pattern.test(registry))?.[1] ?? registry;
  const transport = parts.transportTo(host);
  const withAuthorization = (authorize: () => Promise<string | undefined>): VendorApi =>
    new VendorApi(transport, signal, authorize);
  const withPassword = (): VendorApi =>
    withAuthorization(async () => basicAuthorization(await credentials()));
  /** As the registry itself asks for it. */
  const withScope = (scope: string): VendorApi =>
    new VendorApi(transport, signal, undefined, scope);
  const withTokenOf = (user: string): readonly [NativeParts, VendorApi] => {
    const bearer = async (): Promise<string | undefined> => {
      const { username, password } = (await credentials()) ?? {};
      return username === user ? password : undefined;
    };
    const authorize = async (): Promise<string> => {
      const token = await bearer();
      return token === undefined ? "" : `Bearer ${token}`;
    };
    return [{ ...parts, bearer }, withAuthorization(authorize)];
  };
  switch (name) {
    case "distribution":
      return protocolVendor(name, client);
    case "zot":
      return zotVendor(parts, withScope);
    case "ecr":
      return ecrVendor(parts, openEcr(parts));
    case "quay":
      return quayVendor(...withTokenOf("$oauthtoken"));
    case "gar":
      return garVendor(...withTokenOf("oauth2accesstoken"));
    case "acr":
      return acrVendor(parts, withScope);
    case "gitlab":
      return gitlabVendor(parts, withScope);
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
      return ghcrVendor(registry, withAuthorization(authorize), prefix, parts.pusher);
    }
    default:
      return name satisfies never;
  }
}

/** Undefined for a public registry. */
function openEcr(parts: VendorParts): EcrApi | undefined {
  const place = parts.ecrPlace ?? ecrPlace(parts.registry);
  if (place === undefined) return undefined;
  const { account, region, host } = place;
  const { transportTo, awsCredentials, clock, signal } = parts;
  const transport = transportTo(host);
  return new EcrApi({ transport, account, region, credentials: awsCredentials, clock, signal });
}
