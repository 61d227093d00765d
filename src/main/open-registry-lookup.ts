import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { OpenOptions } from "./open-options.ts";

/** Registries as this user reaches them: credentials from docker's configuration, proxies from the environment. */
export async function openRegistryLookup({
  settings,
  clock,
  notify,
}: Pick<OpenOptions, "settings" | "clock" | "notify">): Promise<RegistryLookup> {
  const [
    { createRegistryLookup },
    { findCredentials },
    { findCertificates },
    { createFactsCache },
  ] = await Promise.all([
    import("../registry/registry-lookup.ts"),
    import("../credentials/find-credentials.ts"),
    import("../credentials/find-certificates.ts"),
    import("../store/sqlite-facts-cache.ts"),
  ]);
  const { proxies } = settings;
  return createRegistryLookup({
    findCredentials: (registry) => findCredentials(settings.docker.configDir, registry),
    findCertificates: (registry) => findCertificates(settings.registryCertificates, registry),
    clock,
    cache: createFactsCache(settings.cacheDir, notify),
    userAgent: "plimsoll",
    ...(proxies === undefined ? {} : { proxies }),
  });
}
