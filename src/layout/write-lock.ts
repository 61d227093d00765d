import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";

import { LayoutError, toLayoutError } from "./layout-error.ts";

export const LOCK_FILE = ".plimsoll.lock";
const WAIT_MS = 10_000;
const RETRY_MS = 50;
/** SQLITE_BUSY (sqlite.org/rescode.html). */
const BUSY = 5;

/**
 * Runs `action` while no other Plimsoll writes this layout. Other programs know nothing of the lock. It is a lock of the
 * operating system, taken through an empty SQLite database: it ends with its process, so that none is ever left over.
 */
export async function withWriteLock<T>(
  root: string,
  action: () => Promise<T>,
  waitMs: number = WAIT_MS,
): Promise<T> {
  const database = await openLockFile(join(root, LOCK_FILE));
  try {
    await acquire(database, root, waitMs);
    try {
      return await action();
    } finally {
      // Nothing was written, so that the file stays empty.
      database.exec("ROLLBACK");
    }
  } finally {
    database.close();
  }
}

async function openLockFile(file: string): Promise<DatabaseSync> {
  try {
    const handle = await open(
      file,
      constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW,
      0o600,
    );
    await handle.close();
  } catch (error) {
    throw toLayoutError(error, file);
  }
  // Loaded here because most commands write nothing, and loading it takes time.
  const sqlite = process.getBuiltinModule("node:sqlite");
  return new sqlite.DatabaseSync(file);
}

async function acquire(database: DatabaseSync, root: string, waitMs: number): Promise<void> {
  const startedAt = performance.now();
  for (;;) {
    try {
      // A journal on disk would need space, and a full disk is when this is wanted most.
      database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
      return;
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() - startedAt > waitMs) throw busyError(root, error);
    }
    await sleep(RETRY_MS);
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === BUSY;
}

function busyError(root: string, cause: unknown): LayoutError {
  return new LayoutError("busy", {
    file: root,
    detail: "another Plimsoll is writing this layout",
    hint: "Wait until it has ended and try again.",
    cause,
  });
}
