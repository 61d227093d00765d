import type { RegistryErrorKind } from "./registry-error.ts";

const TIMEOUTS: ReadonlySet<string> = new Set([
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
]);
/** OpenSSL's verification results reach Node as codes of their own, without a common prefix. */
const CERTIFICATE_CODES =
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|EPROTO$|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA)/;

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

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
