import { isDigest } from "../oci/digest.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { FindCredentials } from "../ports/registry-credentials.ts";
import type { RegistryAnswer, RegistryLookup } from "../ports/registry-lookup.ts";
import { missingContent } from "./find-content.ts";
import { RegistryClient } from "./registry-client.ts";
import { RegistryError } from "./registry-error.ts";
import { RegistryTransport, type ProxySettings } from "./transport.ts";

export interface LookupOptions {
  readonly findCredentials: FindCredentials;
  readonly clock: () => number;
  readonly userAgent: string;
  readonly proxies?: ProxySettings;
}

/** Asks the registries that images were pulled from or pushed to; one connection pool for each. */
export function createRegistryLookup(options: LookupOptions): RegistryLookup {
  const transports = new Map<string, RegistryTransport>();
  const transportFor = (host: string): RegistryTransport => {
    const known = transports.get(host);
    if (known !== undefined) return known;
    const made = new RegistryTransport({ ...options, endpoint: { host }, random: Math.random });
    transports.set(host, made);
    return made;
  };
  return {
    async ask({ id, repoDigest, platforms }, signal): Promise<RegistryAnswer> {
      const full = repositoryOf(repoDigest);
      const digest = repoDigest.slice(repoDigest.indexOf("@") + 1);
      const slash = full.indexOf("/");
      if (!isDigest(digest)) return { kind: "unknown", detail: `${repoDigest} has no digest` };
      const client = new RegistryClient(transportFor(full.slice(0, slash)), signal);
      const repository = full.slice(slash + 1);
      try {
        const wanted = { repository, digest, imageId: id, platforms };
        const detail = await missingContent(client, wanted);
        return detail === undefined ? { kind: "held" } : { kind: "lacking", detail };
      } catch (error) {
        if (error instanceof RegistryError && error.kind !== "aborted")
          return { kind: "unknown", detail: error.message };
        throw error;
      }
    },
    async close() {
      await Promise.all([...transports.values()].map((transport) => transport.close()));
    },
  };
}
