import type { DatabaseSync } from "node:sqlite";
import type { Heard, PullEvidence } from "../ports/pull-log.ts";

/**
 * A listener may be away for so long, for a restart: registries keep what they could not deliver and try again. After a
 * longer absence pulls may have been missed, and watching begins anew.
 */
const LONGEST_GAP_MS = 60 * 60 * 1000;
/** A registry that has told nothing for so long may have stopped telling. */
const LONGEST_SILENCE_MS = 7 * 24 * 60 * 60 * 1000;

/** Takes down what was heard; to be called in a transaction. */
export function noteHeard(
  database: DatabaseSync,
  { at, listener, registries, pulls }: Heard,
): void {
  const heardFrom = new Set([...registries, ...pulls.map(({ registry }) => registry)]);
  const select = database.prepare("SELECT since, until FROM pull_watch WHERE registry = ?");
  const upsert = database.prepare("INSERT OR REPLACE INTO pull_watch VALUES (?, ?, ?, ?, ?)");
  for (const registry of heardFrom) {
    const row = select.get(registry);
    const isBridged = row !== undefined && msBetween(String(row["until"]), at) <= LONGEST_GAP_MS;
    upsert.run(registry, listener, isBridged ? String(row["since"]) : at, at, at);
  }
  // Those that told nothing now were listened to all the same.
  const watched = database
    .prepare("SELECT registry, until FROM pull_watch WHERE listener = ?")
    .all(listener);
  const extend = database.prepare("UPDATE pull_watch SET until = ? WHERE registry = ?");
  for (const { registry, until } of watched) {
    const gapMs = msBetween(String(until), at);
    if (gapMs > 0 && gapMs <= LONGEST_GAP_MS) extend.run(at, String(registry));
  }
  const put = database.prepare(
    `INSERT INTO pull VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET last_pulled_at = max(last_pulled_at, excluded.last_pulled_at)`,
  );
  for (const pull of pulls) put.run(pull.registry, pull.repository, pull.digest, pull.at);
}

/** Nothing counts as heard without a gap any more. */
export function forgetWatches(database: DatabaseSync): void {
  database.exec("DELETE FROM pull_watch");
}

export function selectEvidence(
  database: DatabaseSync,
  registry: string,
  now: string,
): PullEvidence | undefined {
  const watch = database
    .prepare("SELECT since, until, heard_at FROM pull_watch WHERE registry = ?")
    .get(registry);
  if (watch === undefined) return undefined;
  if (msBetween(String(watch["until"]), now) > LONGEST_GAP_MS) return undefined;
  if (msBetween(String(watch["heard_at"]), now) > LONGEST_SILENCE_MS) return undefined;
  const rows = database
    .prepare("SELECT repository, digest, last_pulled_at FROM pull WHERE registry = ?")
    .all(registry);
  return {
    since: String(watch["since"]),
    lastPulledAt: new Map(
      rows.map(({ repository, digest, last_pulled_at }) => [
        `${String(repository)}@${String(digest)}`,
        String(last_pulled_at),
      ]),
    ),
  };
}

function msBetween(earlier: string, later: string): number {
  return Date.parse(later) - Date.parse(earlier);
}
