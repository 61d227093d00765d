import type { RegistryFinder } from "../ports/registry-finder.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { LookupOptions } from "../registry/registry-lookup.ts";
import type { OpenOptions } from "./open-options.ts";
import { registryPace } from "./registry-pace.ts";

type Asking = Pick<OpenOptions, "settings" | "clock" | "notify">;

/** Registries as this user reaches them: credentials from docker's configuration, proxies from the environment. */
export async function openRegistryLookup(asking: Asking): Promise<RegistryLookup> {
  const { createRegistryLookup } = await import("../registry/registry-lookup.ts");
  return createRegistryLookup(await lookupOptions(asking));
}

export async function openRegistryFinder(asking: Asking): Promise<RegistryFinder> {
  const { createRegistryFinder } = await import("../registry/registry-finder.ts");
  return createRegistryFinder(await lookupOptions(asking));
}

async function lookupOptions({ settings, clock, notify }: Asking): Promise<LookupOptions> {
  const [{ findCredentials }, { findCertificates }, { createFactsCache }] = await Promise.all([
    import("../credentials/find-credentials.ts"),
    import("../credentials/find-certificates.ts"),
    import("../store/sqlite-facts-cache.ts"),
  ]);
  const { proxies } = settings;
  return {
    findCredentials: (registry) => findCredentials(settings.docker.configDir, registry),
    findCertificates: (registry) => findCertificates(settings.registryCertificates, registry),
    clock,
    cache: createFactsCache(settings.cacheDir, notify),
    userAgent: "plimsoll",
    onWarning: notify,
    pace: registryPace(settings.registryPace),
    ...(proxies === undefined ? {} : { proxies }),
  };
}
