/**
 * `kubeconfig`: it, or what it names, cannot be used; `credentials`: its plug-in gave none; `unreachable`: nothing answers;
 * `tls`: the encrypted connection was not made; `unauthorized`: 401; `forbidden`: 403; `not-found`: the cluster has no such
 * resource; `expired`: the list was cut off again and again before its last page; `bad-content`: an answer that is no list;
 * `timed-out`; `server`: 429 or 5xx after all retries; `aborted`.
 */
export type ClusterErrorKind =
  | "kubeconfig"
  | "credentials"
  | "unreachable"
  | "tls"
  | "unauthorized"
  | "forbidden"
  | "not-found"
  | "expired"
  | "bad-content"
  | "timed-out"
  | "server"
  | "aborted";

/** The one error of this adapter. Decide by `kind`; the message is for people and holds no secrets. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";
  readonly kind: ClusterErrorKind;
  /** Seconds that the server asks to wait. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    kind: ClusterErrorKind,
    message: string,
    { cause, retryAfterSeconds }: { cause?: unknown; retryAfterSeconds?: number } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What went wrong, in the words of whatever failed. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
