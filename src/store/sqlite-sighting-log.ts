import type { DatabaseSync } from "node:sqlite";
import type { Remembered, Sighting, SightingLog } from "../ports/sighting-log.ts";
import { inTransaction } from "./database.ts";
import { openStateDatabase, stateDatabasePath } from "./state-database.ts";
import { asStoreErrors, StoreError } from "./store-error.ts";

export interface ClosableSightingLog extends SightingLog {
  close(): void;
}

/**
 * Sightings in `state.db` of the folder. Where they cannot be kept, `notify` is told why and every image counts as seen
 * for the first time: nothing seems older than it is.
 */
export function createSightingLog(
  stateDir: string,
  notify: (message: string) => void,
): ClosableSightingLog {
  const path = stateDatabasePath(stateDir);
  let database: DatabaseSync | undefined;
  return {
    record: (targetKey, sightings, now) => {
      try {
        // A sighting that a power cut takes back makes images look younger, which keeps them: no sync for each commit.
        database ??= openStateDatabase(stateDir, "NORMAL");
        const state = database;
        return asStoreErrors(path, () =>
          inTransaction(state, () => record(state, targetKey, sightings, now)),
        );
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        notify(`when images arrived and were used is not remembered: ${error.message}`);
        return new Map(
          sightings.map((sighting) => [sighting.imageId, merge(undefined, sighting, now)]),
        );
      }
    },
    close: () => {
      database?.close();
      database = undefined;
    },
  };
}

function record(
  database: DatabaseSync,
  targetKey: string,
  sightings: readonly Sighting[],
  now: string,
): ReadonlyMap<string, Remembered> {
  const known = readSightings(database, targetKey);
  const put = database.prepare("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?)");
  const remembered = new Map<string, Remembered>();
  for (const sighting of sightings) {
    const before = known.get(sighting.imageId);
    const after = merge(before, sighting, now);
    remembered.set(sighting.imageId, after);
    if (before === undefined || before.lastUsedAt !== after.lastUsedAt) {
      put.run(targetKey, sighting.imageId, after.firstSeenAt, after.lastUsedAt ?? null);
    }
  }
  const forget = database.prepare("DELETE FROM sighting WHERE target_key = ? AND image_id = ?");
  for (const imageId of known.keys()) {
    if (!remembered.has(imageId)) forget.run(targetKey, imageId);
  }
  return remembered;
}

function readSightings(database: DatabaseSync, targetKey: string): ReadonlyMap<string, Remembered> {
  const rows = database
    .prepare("SELECT image_id, first_seen_at, last_used_at FROM sighting WHERE target_key = ?")
    .iterate(targetKey);
  const known = new Map<string, Remembered>();
  for (const row of rows) {
    const lastUsedAt = row["last_used_at"];
    known.set(String(row["image_id"]), {
      firstSeenAt: String(row["first_seen_at"]),
      ...(lastUsedAt === null ? {} : { lastUsedAt: String(lastUsedAt) }),
    });
  }
  return known;
}

function merge(before: Remembered | undefined, sighting: Sighting, now: string): Remembered {
  const used = [before?.lastUsedAt, sighting.usedAt].filter((time) => time !== undefined);
  const lastUsedAt = used.toSorted((one, other) => Date.parse(one) - Date.parse(other)).at(-1);
  return {
    firstSeenAt: before?.firstSeenAt ?? now,
    ...(lastUsedAt === undefined ? {} : { lastUsedAt }),
  };
}
