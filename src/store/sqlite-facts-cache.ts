import { rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { FactsCache } from "../ports/facts-cache.ts";
import { inTransaction, openDatabase } from "./database.ts";
import { schemaVersion } from "./migrate.ts";
import { loadSqlite } from "./sqlite.ts";
import { asStoreErrors, StoreError } from "./store-error.ts";

/** Raised whenever the table changes: a file of any other version is thrown away, it costs only time. */
const VERSION = 1;
// A rowid table: with 2 KB values it is read three times as fast as one without.
const SCHEMA = `
CREATE TABLE fact (scope TEXT NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL, PRIMARY KEY (scope, key)) STRICT;
PRAGMA user_version = ${VERSION};
`;
/** Nobody should wait longer for a cache than the cache saves. */
const BUSY_TIMEOUT_MS = 500;

/** `replaced`: the file was of no use, a new one took its place. */
type Stage = "file" | "replaced" | "memory";

export interface ClosableFactsCache extends FactsCache {
  close(): void;
}

/**
 * Facts in `facts.db` of the folder. A damaged file, or one of another version, is replaced by an empty one. Where the
 * file cannot be used, facts are kept in memory for this process, and `notify` is told why.
 */
export function createFactsCache(
  cacheDir: string,
  notify: (message: string) => void,
): ClosableFactsCache {
  const path = join(cacheDir, "facts.db");
  let database: DatabaseSync | undefined;
  let stage: Stage = "file";

  /** Runs `body` on the best that can be had; each failure steps down to the next stage, and memory is the last. */
  const withDatabase = <Result>(body: (facts: DatabaseSync) => Result): Result => {
    for (;;) {
      try {
        return asStoreErrors(path, () => {
          const facts = (database ??= OPEN[stage](path));
          return body(facts);
        });
      } catch (error) {
        if (!(error instanceof StoreError) || stage === "memory") throw error;
        database?.close();
        database = undefined;
        const worthless = error.kind === "corrupt" || error.kind === "newer-schema";
        stage = worthless && stage === "file" ? "replaced" : "memory";
        if (stage === "memory") notify(`facts about images are not kept: ${error.message}`);
      }
    }
  };

  return {
    read: (scope, keys) =>
      withDatabase((facts) => {
        const statement = facts.prepare(
          "SELECT key, json FROM fact WHERE scope = ? AND key IN (SELECT value FROM json_each(?))",
        );
        const known = new Map<string, string>();
        for (const row of statement.iterate(scope, JSON.stringify(keys))) {
          known.set(String(row["key"]), String(row["json"]));
        }
        return known;
      }),
    write: (scope, entries) => {
      if (entries.size === 0) return;
      withDatabase((facts) =>
        inTransaction(facts, () => {
          const statement = facts.prepare("INSERT OR REPLACE INTO fact VALUES (?, ?, ?)");
          for (const [key, json] of entries) statement.run(scope, key, json);
        }),
      );
    },
    retain: (scope, keys) => {
      withDatabase((facts) =>
        facts
          .prepare(
            "DELETE FROM fact WHERE scope = ? AND key NOT IN (SELECT value FROM json_each(?))",
          )
          .run(scope, JSON.stringify([...keys])),
      );
    },
    close: () => {
      database?.close();
      database = undefined;
    },
  };
}

function openFacts(path: string): DatabaseSync {
  const database = openDatabase(path, { synchronous: "NORMAL", busyTimeoutMs: BUSY_TIMEOUT_MS });
  try {
    return asStoreErrors(path, () => {
      if (schemaVersion(database) === 0) {
        inTransaction(database, () => {
          if (schemaVersion(database) === 0) database.exec(SCHEMA);
        });
      }
      if (schemaVersion(database) === VERSION) return database;
      throw new StoreError("newer-schema", path, `${path}: is of another version`, "");
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

function replaceFacts(path: string): DatabaseSync {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  return openFacts(path);
}

function openEmptyInMemory(): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(":memory:");
  database.exec(SCHEMA);
  return database;
}

const OPEN: Readonly<Record<Stage, (path: string) => DatabaseSync>> = {
  file: openFacts,
  replaced: replaceFacts,
  memory: openEmptyInMemory,
};
