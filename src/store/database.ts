import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { loadSqlite } from "./sqlite.ts";
import { asStoreErrors } from "./store-error.ts";

export interface DatabaseOptions {
  /**
   * FULL: a commit is on the disk when it returns. NORMAL: a power cut may take the last commits back, never damage the
   * file. https://sqlite.org/pragma.html#pragma_synchronous
   */
  readonly synchronous: "FULL" | "NORMAL";
  /** How long to wait for another process before `busy`. */
  readonly busyTimeoutMs: number;
}

/** Opens a database for this user alone; folder (0700) and file (0600) are made where they are missing. */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  return asStoreErrors(path, () => {
    createPrivateFile(path);
    const { DatabaseSync } = loadSqlite();
    const database = new DatabaseSync(path, { timeout: options.busyTimeoutMs });
    try {
      // Write-ahead log: one sync for each commit, and readers never wait for a writer.
      database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.synchronous}`);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

/** Makes an empty file that only this user may read, before SQLite would make a public one. */
export function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // Never opens an existing file: closing it again would drop the locks that this process holds on it (fcntl(2)).
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** All of `body` or nothing. The write lock is taken at the start, so nothing read in it can be outdated. */
export function inTransaction<Result>(database: DatabaseSync, body: () => Result): Result {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = body();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (a full disk).
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
