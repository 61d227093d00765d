import { hostOf, readConfigFile } from "./docker-config.ts";

/**
 * The registries that somebody has logged in to, as references name them, sorted. With a credential store the hosts stand in
 * docker's configuration as well, without their secrets.
 */
export async function listRegistries(configDir: string): Promise<readonly string[]> {
  const { auths = {}, credHelpers = {} } = await readConfigFile(configDir);
  const hosts = [...Object.keys(auths), ...Object.keys(credHelpers)].map(hostOf);
  const named = hosts.map((host) => (host === "index.docker.io" ? "docker.io" : host));
  return [...new Set(named.filter((host) => host !== ""))].toSorted();
}
