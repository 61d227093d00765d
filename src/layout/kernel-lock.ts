import { lstat, open } from "node:fs/promises";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import { LayoutError, systemErrorCode, toLayoutError } from "./layout-error.ts";
import { CREATE_NEW } from "./open-flags.ts";

const RETRY_MS = 50;
/** SQLITE_BUSY (sqlite.org/rescode.html). */
const BUSY = 5;

/** `shared`: with others that share it; `exclusive`: alone. */
export type LockMode = "shared" | "exclusive";

/**
 * `MEMORY`: a journal on disk would need space, and a full disk is when this is wanted most. The question is what makes
 * SQLite take the shared lock.
 */
const TAKE: Readonly<Record<LockMode, string>> = {
  shared: "PRAGMA journal_mode = MEMORY; BEGIN; SELECT count(*) FROM sqlite_schema",
  exclusive: "PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE",
};

/** Lets a lock go. */
export type Unlock = () => void;

/**
 * Takes a lock of the operating system through an empty SQLite database: it ends with its process, so that none is ever
 * left over. Other programs know nothing of it. Undefined when somebody else has it for longer than `waitMs`.
 */
export async function takeLock(
  file: string,
  mode: LockMode,
  waitMs: number,
): Promise<Unlock | undefined> {
  await createLockFile(file);
  // Loaded here because most commands write nothing, and loading it takes time.
  const sqlite = process.getBuiltinModule("node:sqlite");
  let database: DatabaseSync | undefined;
  try {
    const opened = (database = new sqlite.DatabaseSync(file));
    if (await acquire(opened, mode, waitMs)) return () => opened.close();
  } catch (error) {
    database?.close();
    throw asLockError(error, file);
  }
  database.close();
  return undefined;
}

/** What SQLite says of a file that is not ours to lock, or no lock, or where there are none. */
function asLockError(error: unknown, file: string): unknown {
  if (!(error instanceof Error) || !("errcode" in error)) return error;
  return new LayoutError("io", {
    file,
    detail: `it cannot be locked: ${error.message}`,
    hint: "It must be an empty file that this user may write to, on a file system that has locks. Remove it while no Plimsoll is at work there, or name another directory.",
    cause: error,
  });
}

/** Files that this process is making. */
const beingMade = new Map<string, Promise<void>>();

/**
 * Makes the file where it is not there. One that is there must not be opened, not even for a look: closing any descriptor of
 * a file lets go every lock that this process has on it (POSIX, fcntl). So nobody here may lock it before whoever makes it
 * has closed it.
 */
function createLockFile(file: string): Promise<void> {
  let making = beingMade.get(file);
  if (making === undefined) {
    making = createOrLook(file).finally(() => beingMade.delete(file));
    beingMade.set(file, making);
  }
  return making;
}

async function createOrLook(file: string): Promise<void> {
  try {
    const handle = await open(file, CREATE_NEW, 0o600);
    try {
      // Whatever the umask: SQLite has to write to it.
      await handle.chmod(0o600);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw toLayoutError(error, file);
    if ((await lstat(file)).isFile()) return;
    throw new LayoutError("symbolic-link", {
      file,
      detail: "it is no regular file; a lock on what it leads to would be a lock on something else",
      hint: "Remove it.",
      cause: error,
    });
  }
}

async function acquire(database: DatabaseSync, mode: LockMode, waitMs: number): Promise<boolean> {
  const startedAt = performance.now();
  for (;;) {
    try {
      database.exec(TAKE[mode]);
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
      // A question that was refused leaves its transaction open.
      if (database.isTransaction) database.exec("ROLLBACK");
    }
    if (performance.now() - startedAt >= waitMs) return false;
    await sleep(RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}
