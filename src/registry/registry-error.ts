import { describeRequest } from "./describe-request.ts";

/**
 * `unreachable`: nothing answers there; `tls`: the encrypted connection was not made; `unauthorized`: no or wrong
 * credentials (401); `forbidden`: these may not do it (403); `not-found`; `rate-limited`: 429 after all retries;
 * `unsupported`: the registry does not do that (400 or 405 to a deletion, 404 to an API); `bad-content`: bytes that are not
 * what their digest says, or a document that cannot be understood; `unsafe-link`: a link to another host; `timed-out`;
 * `server`: 5xx after all retries; `budget`: it was asked as often as the user allows; `aborted`; `protocol`: any other
 * answer.
 */
export type RegistryErrorKind =
  | "unreachable"
  | "tls"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "rate-limited"
  | "unsupported"
  | "bad-content"
  | "unsafe-link"
  | "credentials"
  | "timed-out"
  | "server"
  | "budget"
  | "aborted"
  | "protocol";

export interface RegistryErrorFields {
  /** Host and port. */
  readonly registry: string;
  /** Method and path, without query: that may hold tokens. */
  readonly request?: string;
  readonly status?: number;
  /** Error codes of the specification (`MANIFEST_UNKNOWN`, `DENIED`), as the registry gave them. */
  readonly codes?: readonly string[];
  readonly detail: string;
  /** Seconds that the registry asks to wait. */
  readonly retryAfterSeconds?: number;
  /** Asking again right away would meet the same. */
  readonly isLasting?: true;
  readonly cause?: unknown;
}

/** The one error of this adapter. Decide by `kind` and `codes`; `detail` is for people. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly kind: RegistryErrorKind;
  readonly registry: string;
  readonly request: string | undefined;
  /** What was asked for, in words; undefined where that says nothing. */
  readonly about: string | undefined;
  readonly status: number | undefined;
  readonly codes: readonly string[];
  readonly detail: string;
  readonly retryAfterSeconds: number | undefined;
  readonly #isLasting: boolean;

  constructor(kind: RegistryErrorKind, fields: RegistryErrorFields) {
    const about = fields.request === undefined ? undefined : describeRequest(fields.request);
    const thing = about === undefined || NO_MATTER_WHAT.has(kind) ? [] : [about];
    super(
      [fields.registry, ...thing, fields.detail].join(": "),
      fields.cause === undefined ? {} : { cause: fields.cause },
    );
    this.about = about;
    this.kind = kind;
    this.registry = fields.registry;
    this.request = fields.request;
    this.status = fields.status;
    this.codes = fields.codes ?? [];
    this.detail = fields.detail;
    this.retryAfterSeconds = fields.retryAfterSeconds;
    this.#isLasting = fields.isLasting === true;
  }

  /** True when the same request may succeed later without anything being changed. */
  get retryable(): boolean {
    return RETRYABLE.has(this.kind) && !this.#isLasting;
  }
}

/** Where it makes no difference what was asked for. */
const NO_MATTER_WHAT: ReadonlySet<RegistryErrorKind> = new Set(["unreachable", "tls", "budget"]);

const RETRYABLE: ReadonlySet<RegistryErrorKind> = new Set([
  "unreachable",
  "rate-limited",
  "timed-out",
  "server",
]);

/** The kind that an HTTP status of 400 or more stands for. */
export function kindOfStatus(status: number): RegistryErrorKind {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 405:
      return "unsupported";
    case 408:
      return "timed-out";
    case 429:
      return "rate-limited";
    default:
      return status >= 500 ? "server" : "protocol";
  }
}

/** `errors` of an answer (distribution-spec, "Error Codes"); empty where the body is something else. */
export function readErrors(body: string): readonly { code: string; message: string }[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // A proxy's page, or nothing: then only the status tells.
    return [];
  }
  const errors = (value as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: unknown) => {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    if (typeof code !== "string") return [];
    return [{ code, message: typeof message === "string" ? message : "" }];
  });
}
