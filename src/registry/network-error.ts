import type { RegistryErrorKind } from "./registry-error.ts";

const TIMEOUTS: ReadonlySet<string> = new Set([
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
/** OpenSSL's verification results reach Node as codes of their own, without a common prefix. */
const CERTIFICATE_CODES =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

/** What a failure of the connection means. */
export function kindOfSystemError(
  error: unknown,
  signal: AbortSignal | undefined,
): RegistryErrorKind {
  if (signal?.aborted === true) return "aborted";
  const code = codeOf(error);
  if (TIMEOUTS.has(code)) return "timed-out";
  return CERTIFICATE_CODES.test(code) ? "tls" : "unreachable";
}

/** One side did not believe the certificate of the other: there is TLS, and no way around it. */
export function isRefusedCertificate(error: unknown): boolean {
  return /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|INVALID_CA)|_ALERT_/.test(
    codeOf(error),
  );
}

/** Nobody gets that name in the next seconds. */
export function isUnknownHost(error: unknown): boolean {
  return codeOf(error) === "ENOTFOUND";
}

const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no host of that name",
  EAI_AGAIN: "the name could not be looked up",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was closed",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  EPROTO: "it does not speak TLS, or not as we do",
  UND_ERR_CONNECT_TIMEOUT: "no connection within ten seconds",
  UND_ERR_HEADERS_TIMEOUT: "no answer within a minute",
  UND_ERR_BODY_TIMEOUT: "the answer stopped for a minute",
  UND_ERR_SOCKET: "the connection was closed",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an authority that is not trusted here",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "its certificate is signed by an authority that is not trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    "its certificate is signed by an authority that is not trusted here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
};

/** What went wrong with a connection, with the system's own words where they say more. */
export function describeSystemError(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const words = WORDS[codeOf(error)];
  if (words === undefined) return said || codeOf(error);
  return said === "" ? words : `${words} (${said.trim()})`;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
