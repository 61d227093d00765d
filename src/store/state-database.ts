import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openDatabase, type DatabaseOptions } from "./database.ts";
import { migrate } from "./migrate.ts";
import { RUNS_AND_SIGHTINGS } from "./migrations/0001-runs-and-sightings.ts";
import { REMOVED_RECORDS } from "./migrations/0002-removed-records.ts";
import { PULLS } from "./migrations/0003-pulls.ts";
import { asStoreErrors } from "./store-error.ts";

const MIGRATIONS = [RUNS_AND_SIGHTINGS, REMOVED_RECORDS, PULLS];

export function stateDatabasePath(stateDir: string): string {
  return join(stateDir, "state.db");
}

/** `state.db`: what must not be lost. */
export function openStateDatabase(
  stateDir: string,
  synchronous: DatabaseOptions["synchronous"],
): DatabaseSync {
  const path = stateDatabasePath(stateDir);
  const database = openDatabase(path, { synchronous, busyTimeoutMs: 10_000 });
  try {
    asStoreErrors(path, () => migrate(database, path, MIGRATIONS));
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}
