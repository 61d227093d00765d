/** A registry as references name it. */
export interface RegistryEndpoint {
  /** `docker.io`, `registry.example.com:5000`. */
  readonly host: string;
  /** Speak HTTP without TLS. A registry on this machine may be spoken to so in any case. */
  readonly plainHttp?: boolean;
}

/** Docker Hub's names say `docker.io`; its API is elsewhere. */
const API_HOSTS: Readonly<Record<string, string>> = { "docker.io": "registry-1.docker.io" };

/** Where its API may be, the one to be tried first in front. */
export function apiOrigins({ host, plainHttp }: RegistryEndpoint): readonly string[] {
  const apiHost = API_HOSTS[host] ?? host;
  if (plainHttp === true) return [`http://${apiHost}`];
  return isLoopback(host) ? [`https://${apiHost}`, `http://${apiHost}`] : [`https://${apiHost}`];
}

/** True for this machine itself, which needs no encryption to be reached. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}
