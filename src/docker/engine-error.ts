/**
 * `unreachable`: nothing answers there; `permission-denied`: socket rights, or HTTP 401 and 403; `tls`: the encrypted
 * connection was not made; `timed-out`: no answer in time, so that the state is unknown; `too-old`, `too-new`: no common
 * API version; `protocol`: the answer is not what the API documents.
 */
export type EngineErrorKind =
  | "unreachable"
  | "permission-denied"
  | "tls"
  | "timed-out"
  | "not-found"
  | "conflict"
  | "bad-request"
  | "server"
  | "too-old"
  | "too-new"
  | "aborted"
  | "protocol";

export interface EngineErrorFields {
  /** Where the engine was looked for; never holds secrets. */
  readonly address: string;
  /** Method and path of the request; absent when there was no request yet. */
  readonly request?: string;
  readonly status?: number;
  /** What the engine, the operating system or ssh said. */
  readonly detail: string;
  readonly cause?: unknown;
}

/** The one error of this adapter. Decide by `kind`; `detail` is for people. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly kind: EngineErrorKind;
  readonly address: string;
  readonly request: string | undefined;
  readonly status: number | undefined;
  readonly detail: string;

  constructor(kind: EngineErrorKind, fields: EngineErrorFields) {
    const { address, request } = fields;
    const isAboutRequest = request !== undefined && !isAboutConnection(kind, fields);
    super(
      `${isAboutRequest ? `${request} at ${address}` : address}: ${fields.detail}`,
      fields.cause === undefined ? {} : { cause: fields.cause },
    );
    this.kind = kind;
    this.address = fields.address;
    this.request = fields.request;
    this.status = fields.status;
    this.detail = fields.detail;
  }

  /** True when the same request may succeed later without anything being changed. */
  get retryable(): boolean {
    return this.kind === "unreachable" || this.kind === "timed-out" || this.kind === "server";
  }
}

/** What was asked does not matter where nobody was there to be asked. */
function isAboutConnection(kind: EngineErrorKind, { status }: EngineErrorFields): boolean {
  return (
    kind === "unreachable" ||
    kind === "tls" ||
    (kind === "permission-denied" && status === undefined)
  );
}

/** The kind that an HTTP status of 400 or more stands for. */
export function kindOfStatus(status: number): EngineErrorKind {
  switch (status) {
    case 401:
    case 403:
      return "permission-denied";
    case 404:
      return "not-found";
    case 409:
      return "conflict";
    default:
      return status < 500 ? "bad-request" : "server";
  }
}

/** OpenSSL's verification results reach Node as codes of their own, without a common prefix. */
const TLS_CODE =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_CA|HOSTNAME_MISMATCH|EPROTO$)/;

/** The kind that an error of the operating system or of TLS stands for. */
export function kindOfSystemError(error: unknown): EngineErrorKind {
  const { code, name } = error as { code?: unknown; name?: unknown };
  if (name === "AbortError") return "aborted";
  if (typeof code !== "string") return "protocol";
  if (code === "EACCES" || code === "EPERM") return "permission-denied";
  if (code === "ETIMEDOUT") return "unreachable";
  if (code.startsWith("HPE_")) return "protocol";
  return TLS_CODE.test(code) ? "tls" : "unreachable";
}
