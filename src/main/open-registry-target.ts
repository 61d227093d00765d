import type { RegistryTarget } from "../config/target-spec.ts";
import { findCredentials } from "../credentials/find-credentials.ts";
import { createTargetSession } from "../operations/create-target-session.ts";
import type { TargetSession } from "../operations/target-session.ts";
import { RegistryClient } from "../registry/registry-client.ts";
import { createRegistryDetails } from "../registry/registry-details.ts";
import { createRegistryReader } from "../registry/registry-reader.ts";
import { createRegistryRemover } from "../registry/registry-remover.ts";
import { RegistryTransport } from "../registry/transport.ts";
import { createFactsCache } from "../store/sqlite-facts-cache.ts";
import { openMemory } from "./memory.ts";
import type { OpenOptions } from "./open-options.ts";

/** `registry://host[:port][/repository]`: all that it lists, or one repository. */
export function openRegistryTarget(
  { host, repository, plainHttp }: RegistryTarget,
  options: OpenOptions,
): TargetSession {
  const { settings, clock, signal, notify } = options;
  const { proxies } = settings;
  const transport = new RegistryTransport({
    endpoint: { host, ...(plainHttp ? { plainHttp } : {}) },
    findCredentials: (registry) => findCredentials(settings.docker.configDir, registry),
    clock,
    random: Math.random,
    userAgent: "plimsoll",
    ...(proxies === undefined ? {} : { proxies }),
  });
  const cache = createFactsCache(settings.cacheDir, notify);
  const memory = openMemory(options);
  const path = repository === undefined ? host : `${host}/${repository}`;
  return createTargetSession({
    reader: createRegistryReader({
      transport,
      target: { kind: "registry", name: path, address: `registry://${path}` },
      repositories: repository === undefined ? [] : [repository],
      cache,
      now: clock,
    }),
    details: createRegistryDetails(new RegistryClient(transport, signal)),
    readEngineId: () => Promise.resolve(undefined),
    openRemover: () => Promise.resolve(createRegistryRemover(transport, clock)),
    openJournal: memory.openJournal,
    sightings: memory.sightings,
    leases: memory.leases,
    clock,
    notify,
    async close() {
      await transport.close();
      cache.close();
      memory.close();
    },
  });
}
