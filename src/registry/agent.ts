import { getCACertificates } from "node:tls";
import { Agent, EnvHttpProxyAgent, type Dispatcher } from "undici";

import type { ProxySettings } from "../ports/proxy-settings.ts";
import type { RegistryCertificates } from "../ports/registry-credentials.ts";

const HEADERS_TIMEOUT_MS = 60_000;
/** Between two pieces of a body. */
const BODY_TIMEOUT_MS = 60_000;

/** Never by a proxy, as for docker (Go's net/http, ProxyFromEnvironment). */
const THIS_MACHINE = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Connections for one scheme: kept open, HTTP/2 where it is offered, by a proxy where there is one for that scheme. A proxy
 * for `http:` alone is none for `https:`.
 */
export function openAgent(
  scheme: "http:" | "https:",
  { ca = [], cert, key }: Partial<RegistryCertificates> = {},
  { httpProxy, httpsProxy, noProxy }: ProxySettings = {},
): Dispatcher {
  const tls = {
    // A list of one's own takes the place of the system's.
    ...(ca.length === 0 ? {} : { ca: [...getCACertificates("default"), ...ca] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const settings = {
    connect: tls,
    requestTls: tls,
    allowH2: true,
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: BODY_TIMEOUT_MS,
  };
  const proxy = scheme === "http:" ? httpProxy : httpsProxy;
  if (proxy === undefined) return new Agent(settings);
  return new EnvHttpProxyAgent({
    ...settings,
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: [noProxy, ...THIS_MACHINE].filter(Boolean).join(","),
  });
}
