import { statfsSync } from "node:fs";
import { dirname } from "node:path";

/**
 * `unwritable`: folder or file may not be written; `full`: no space left; `corrupt`: no database, or a damaged one;
 * `newer-schema`: written by a later Plimsoll; `busy`: another process kept it locked; `already-applied`: the plan has
 * a run; `failed`: anything else.
 */
export type StoreErrorKind =
  | "unwritable"
  | "full"
  | "corrupt"
  | "newer-schema"
  | "busy"
  | "already-applied"
  | "failed";

/** Why a file of ours could not be read or written. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly kind: StoreErrorKind;
  readonly path: string;
  readonly hint: string;

  constructor(kind: StoreErrorKind, path: string, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.path = path;
    this.hint = hint;
  }
}

/** Runs `body`; what SQLite or the file system throws in it becomes a StoreError about `path`. */
export function asStoreErrors<Result>(path: string, body: () => Result): Result {
  try {
    return body();
  } catch (error) {
    throw error instanceof StoreError ? error : toStoreError(error, path);
  }
}

function toStoreError(error: unknown, path: string): StoreError {
  const kind = kindOf(error, path);
  if (kind === undefined) throw error;
  const [cause, hint] = WORDS[kind];
  const detail = error instanceof Error ? error.message : String(error);
  return new StoreError(kind, path, `${path}: ${cause} (${detail})`, hint, error);
}

type TranslatedKind = Exclude<StoreErrorKind, "newer-schema" | "already-applied">;

const WORDS: Readonly<Record<TranslatedKind, readonly [cause: string, hint: string]>> = {
  unwritable: ["cannot be written", "Make its folder writable for this user, or choose another."],
  full: [
    "the disk is full",
    "Make a little room on the disk that holds it, or choose another folder.",
  ],
  corrupt: ["is damaged or no database", "Move the file away; a new one is made in its place."],
  busy: ["is locked by another process", "Wait until the other process has ended, then try again."],
  failed: ["cannot be used", "Look at the cause given, then try again."],
};

/** Primary result codes, https://sqlite.org/rescode.html. */
const SQLITE_KIND: ReadonlyMap<number, TranslatedKind> = new Map([
  [3, "unwritable"], // SQLITE_PERM
  [5, "busy"], // SQLITE_BUSY
  [6, "busy"], // SQLITE_LOCKED
  [8, "unwritable"], // SQLITE_READONLY
  [11, "corrupt"], // SQLITE_CORRUPT
  [13, "full"], // SQLITE_FULL
  [14, "unwritable"], // SQLITE_CANTOPEN
  [26, "corrupt"], // SQLITE_NOTADB
]);

const ERRNO_KIND: ReadonlyMap<string, TranslatedKind> = new Map([
  ["EACCES", "unwritable"],
  ["EPERM", "unwritable"],
  ["EROFS", "unwritable"],
  ["ENOTDIR", "unwritable"],
  ["EEXIST", "unwritable"],
  ["EISDIR", "unwritable"],
  ["ENOSPC", "full"],
  ["EDQUOT", "full"],
]);

/** Undefined for what neither SQLite nor the file system threw: a defect, not a state of the store. */
function kindOf(error: unknown, path: string): TranslatedKind | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") {
    const kind = SQLITE_KIND.get(error.errcode & 0xff) ?? "failed";
    // Where the shared-memory file cannot grow, SQLite reports an I/O error or "cannot open".
    return (kind === "failed" || kind === "unwritable") && isDiskFull(path) ? "full" : kind;
  }
  if ("errno" in error && "code" in error) return ERRNO_KIND.get(String(error.code)) ?? "failed";
  return undefined;
}

const ALMOST_NOTHING_BYTES = 64 * 1024;

function isDiskFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < ALMOST_NOTHING_BYTES;
  } catch {
    // The folder cannot be looked at: the first error says more than this one.
    return false;
  }
}
