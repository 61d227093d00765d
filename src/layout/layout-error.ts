/**
 * `not-found`: no such directory; `not-a-layout`: no `oci-layout` file; `unsupported-version`: a layout of another
 * version; `corrupt`: a file does not hold what it must; `incomplete`: some of it is in a registry only; `locked`: it
 * is encrypted, and there is no identity that opens it; `not-a-key`: a recipient or identity is none; `symbolic-link`: a
 * link stands where content should be; `own-bin`: the recovery bin of a layout is that layout; `permission-denied`; `full`:
 * no space left; `busy`: another Plimsoll is writing; `changing`: other programs rewrite index.json faster than it can be
 * read; `unknown-content`: what blobs are needed cannot be known; `io`: anything else.
 */
export type LayoutErrorKind =
  | "not-found"
  | "not-a-layout"
  | "unsupported-version"
  | "corrupt"
  | "incomplete"
  | "locked"
  | "not-a-key"
  | "symbolic-link"
  | "own-bin"
  | "permission-denied"
  | "full"
  | "busy"
  | "changing"
  | "unknown-content"
  | "io";

export interface LayoutErrorFields {
  /** The file or directory it is about. */
  readonly file: string;
  /** What is wrong with it. */
  readonly detail: string;
  /** What to do next. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** The one error of this adapter. Decide by `kind`; the texts are for people. */
export class LayoutError extends Error {
  override readonly name = "LayoutError";
  readonly kind: LayoutErrorKind;
  readonly file: string;
  readonly detail: string;
  readonly hint: string;

  constructor(kind: LayoutErrorKind, fields: LayoutErrorFields) {
    super(
      `${fields.file}: ${fields.detail}`,
      fields.cause === undefined ? {} : { cause: fields.cause },
    );
    this.kind = kind;
    this.file = fields.file;
    this.detail = fields.detail;
    this.hint = fields.hint;
  }
}

interface SystemErrorMeaning {
  readonly kind: LayoutErrorKind;
  readonly detail: string;
  readonly hint: string;
}

const SYSTEM_ERRORS: Readonly<Record<string, SystemErrorMeaning>> = {
  ENOENT: { kind: "not-found", detail: "no such file or directory", hint: "Check the path." },
  ENOTDIR: {
    kind: "not-found",
    detail: "not a directory",
    hint: "Give the directory that holds oci-layout.",
  },
  EACCES: {
    kind: "permission-denied",
    detail: "permission denied",
    hint: "Run as a user that may read and write it.",
  },
  EPERM: {
    kind: "permission-denied",
    detail: "operation not permitted",
    hint: "Run as a user that may read and write it.",
  },
  EROFS: {
    kind: "permission-denied",
    detail: "the file system is read-only",
    hint: "Mount it writable, or work on a copy.",
  },
  ELOOP: {
    kind: "symbolic-link",
    detail: "it is a symbolic link, which is not followed",
    hint: "Put the file itself there.",
  },
  ENOSPC: {
    kind: "full",
    detail: "no space left on the device",
    hint: "Free some space there first.",
  },
  EDQUOT: {
    kind: "full",
    detail: "the disk quota is used up",
    hint: "Free some space there first.",
  },
};

/** The code of an error of the operating system; undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Turns an error of the operating system into this adapter's own. Anything else is a defect, and returned as it is. */
export function toLayoutError(error: unknown, file: string): unknown {
  const code = systemErrorCode(error);
  if (code === undefined || error instanceof LayoutError) return error;
  const meaning = SYSTEM_ERRORS[code] ?? {
    kind: "io",
    detail: error instanceof Error ? error.message : code,
    hint: "Check the disk and the file system.",
  };
  return new LayoutError(meaning.kind, {
    file,
    detail: meaning.detail,
    hint: meaning.hint,
    cause: error,
  });
}
