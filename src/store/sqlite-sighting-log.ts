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
    record: (targetKey, sightings, now, mayBeUnseen = () => false) => {
      try {
        // A sighting that a power cut takes back makes images look younger, which keeps them: no sync for each commit.
        database ??= openStateDatabase(stateDir, "NORMAL");
        const state = database;
        return asStoreErrors(path, () => {
          const seenNow = { sightings, now, mayBeUnseen };
          return record(state, targetKey, seenNow);
        });
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        notify(`when images arrived and were used is not remembered: ${error.message}`);
        return compareSightings(new Map(), { sightings, now, mayBeUnseen }).remembered;
      }
    },
    close: () => {
      database?.close();
      database = undefined;
    },
  };
}

/** Most commands see nothing new, and then take no lock. */
function record(
  database: DatabaseSync,
  targetKey: string,
  seenNow: SeenNow,
): ReadonlyMap<string, Remembered> {
  const compare = () => compareSightings(readSightings(database, targetKey), seenNow);
  const seen = compare();
  if (seen.changed.size === 0 && seen.missing.length === 0) return seen.remembered;
  return inTransaction(database, () => {
    // Another process may have been here first.
    const { remembered, changed, missing } = compare();
    const put = database.prepare("INSERT OR REPLACE INTO sighting VALUES (?, ?, ?, ?)");
    for (const [imageId, { firstSeenAt, lastUsedAt }] of changed)
      put.run(targetKey, imageId, firstSeenAt, lastUsedAt ?? null);
    const forget = database.prepare("DELETE FROM sighting WHERE target_key = ? AND image_id = ?");
    for (const imageId of missing) forget.run(targetKey, imageId);
    return remembered;
  });
}

interface SeenNow {
  readonly sightings: readonly Sighting[];
  readonly now: string;
  readonly mayBeUnseen: (imageId: string) => boolean;
}

interface Comparison {
  readonly remembered: ReadonlyMap<string, Remembered>;
  /** Those of `remembered` that are not stored as they are now. */
  readonly changed: ReadonlyMap<string, Remembered>;
  /** Images that are stored and are not there any more. */
  readonly missing: readonly string[];
}

function compareSightings(
  known: ReadonlyMap<string, Remembered>,
  { sightings, now, mayBeUnseen }: SeenNow,
): Comparison {
  const remembered = new Map<string, Remembered>();
  const changed = new Map<string, Remembered>();
  for (const sighting of sightings) {
    const { imageId } = sighting;
    const before = known.get(imageId);
    const after = merge(before, sighting, now);
    remembered.set(imageId, after);
    if (after !== before) changed.set(imageId, after);
  }
  const missing = [...known.keys()].filter(
    (imageId) => !remembered.has(imageId) && !mayBeUnseen(imageId),
  );
  return { remembered, changed, missing };
}

function readSightings(database: DatabaseSync, targetKey: string): ReadonlyMap<string, Remembered> {
  const statement = database.prepare(
    "SELECT image_id, first_seen_at, last_used_at FROM sighting WHERE target_key = ?",
  );
  // A third of the time of rows as objects.
  statement.setReturnArrays(true);
  const rows = statement.all(targetKey) as unknown as readonly [string, string, string | null][];
  return new Map(
    rows.map(([imageId, firstSeenAt, lastUsedAt]) => [
      imageId,
      lastUsedAt === null ? { firstSeenAt } : { firstSeenAt, lastUsedAt },
    ]),
  );
}

/** The same object where nothing is new. */
function merge(before: Remembered | undefined, { usedAt }: Sighting, now: string): Remembered {
  const { firstSeenAt = now, lastUsedAt } = before ?? {};
  if (usedAt === undefined) return before ?? { firstSeenAt };
  if (before !== undefined && lastUsedAt !== undefined && isNotLater(usedAt, lastUsedAt))
    return before;
  return { firstSeenAt, lastUsedAt: usedAt };
}

function isNotLater(time: string, than: string): boolean {
  return time === than || !(Date.parse(time) > Date.parse(than));
}
