import type { DatabaseSync } from "node:sqlite";
import { inTransaction } from "./database.ts";
import { StoreError } from "./store-error.ts";

/** Brings the schema up to date. `migrations[n]` leads from version n to n + 1; the version is SQLite's `user_version`. */
export function migrate(database: DatabaseSync, path: string, migrations: readonly string[]): void {
  const version = schemaVersion(database);
  if (version === migrations.length) return;
  if (version > migrations.length) throw newerSchema(path, version, migrations.length);
  inTransaction(database, () => {
    // Another process may have been here first.
    const current = schemaVersion(database);
    for (const migration of migrations.slice(current)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${Math.max(current, migrations.length)}`);
  });
}

export function schemaVersion(database: DatabaseSync): number {
  const row = database.prepare("PRAGMA user_version").get();
  return Number(row?.["user_version"] ?? 0);
}

function newerSchema(path: string, found: number, known: number): StoreError {
  return new StoreError(
    "newer-schema",
    path,
    `${path}: was written by a newer Plimsoll (schema ${found}; this one knows ${known})`,
    "Use the newer Plimsoll, or another state folder.",
  );
}
