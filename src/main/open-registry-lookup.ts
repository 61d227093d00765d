import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { OpenOptions } from "./open-options.ts";

/** Registries as this user reaches them: credentials from docker's configuration, proxies from the environment. */
export async function openRegistryLookup({
  settings,
  clock,
}: Pick<OpenOptions, "settings" | "clock">): Promise<RegistryLookup> {
  const [{ createRegistryLookup }, { findCredentials }] = await Promise.all([
    import("../registry/registry-lookup.ts"),
    import("../credentials/find-credentials.ts"),
  ]);
  const { proxies } = settings;
  return createRegistryLookup({
    findCredentials: (registry) => findCredentials(settings.docker.configDir, registry),
    clock,
    userAgent: "plimsoll",
    ...(proxies === undefined ? {} : { proxies }),
  });
}
