import type { RegistryCredentials } from "../ports/registry-credentials.ts";

/** Docker Hub's key in docker's configuration, which engines know it by; every other registry's is its host. */
const HUB_KEY = "https://index.docker.io/v1/";

/** The `X-Registry-Auth` header for a registry host; an empty one where nothing is known. */
export function registryAuthHeader(
  registry: string,
  found: RegistryCredentials | undefined,
): string {
  const named =
    found === undefined
      ? {}
      : {
          username: found.username,
          password: found.password,
          identitytoken: found.identityToken,
          registrytoken: found.registryToken,
          serveraddress: registry === "docker.io" ? HUB_KEY : registry,
        };
  // base64url with its padding, as the engine's decoder wants it.
  const base64 = Buffer.from(JSON.stringify(named)).toString("base64");
  return base64.replaceAll("+", "-").replaceAll("/", "_");
}
