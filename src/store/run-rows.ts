import type { DatabaseSync } from "node:sqlite";
import type { ActionOutcome, ActionState, RunState, RunSummary } from "../ports/run-journal.ts";

type Row = Readonly<Record<string, unknown>>;

const SUMMARY_COLUMNS =
  "key, id, plan_id, target_key, target_name, state, started_at, ended_at, predicted_bytes, freed_bytes";

/** A run as it is stored: `key` is its row, everything else what callers see. */
export interface StoredRun {
  readonly key: number;
  readonly summary: RunSummary;
}

/** Runs that `condition` (SQL after `FROM run`) selects. */
export function selectRuns(
  database: DatabaseSync,
  condition: string,
  ...values: readonly (string | number)[]
): readonly StoredRun[] {
  return database
    .prepare(`SELECT ${SUMMARY_COLUMNS} FROM run ${condition}`)
    .all(...values)
    .map((row) => toStoredRun(row, countSteps(database, Number(row["key"]))));
}

function countSteps(database: DatabaseSync, runKey: number): Record<ActionState, number> {
  const counts = { applied: 0, gone: 0, skipped: 0, failed: 0, unknown: 0 };
  const rows = database
    .prepare(
      "SELECT state, count(*) AS count FROM step WHERE run_key = ? AND state IS NOT NULL GROUP BY state",
    )
    .all(runKey);
  for (const row of rows) counts[row["state"] as ActionState] = Number(row["count"]);
  return counts;
}

function toStoredRun(row: Row, counts: Record<ActionState, number>): StoredRun {
  const endedAt = row["ended_at"] as string | null;
  const freedBytes = row["freed_bytes"] as number | null;
  const summary: RunSummary = {
    id: String(row["id"]),
    planId: String(row["plan_id"]),
    targetKey: String(row["target_key"]),
    targetName: String(row["target_name"]),
    state: row["state"] as RunState,
    startedAt: String(row["started_at"]),
    ...(endedAt === null ? {} : { endedAt }),
    counts,
    predictedBytes: Number(row["predicted_bytes"]),
    ...(freedBytes === null ? {} : { freedBytes }),
  };
  return { key: Number(row["key"]), summary };
}

export function selectOutcomes(database: DatabaseSync, runKey: number): readonly ActionOutcome[] {
  return database
    .prepare("SELECT * FROM step WHERE run_key = ? AND state IS NOT NULL ORDER BY action")
    .all(runKey)
    .map(toOutcome);
}

function toOutcome(row: Row): ActionOutcome {
  const freedBytes = row["freed_bytes"];
  return {
    index: Number(row["action"]),
    state: row["state"] as ActionState,
    detail: String(row["detail"]),
    ...(freedBytes === null ? {} : { freedBytes: Number(freedBytes) }),
    at: String(row["at"]),
  };
}

/** Positions of the actions that were begun without a known outcome, and of those that were never begun. */
export function selectOpenSteps(
  database: DatabaseSync,
  runKey: number,
): { readonly undecided: readonly number[]; readonly untouched: readonly number[] } {
  const run = database.prepare("SELECT action_count FROM run WHERE key = ?").get(runKey);
  const states = new Map<number, unknown>();
  for (const row of database
    .prepare("SELECT action, state FROM step WHERE run_key = ?")
    .iterate(runKey)) {
    states.set(Number(row["action"]), row["state"]);
  }
  const undecided: number[] = [];
  const untouched: number[] = [];
  for (let index = 0; index < Number(run?.["action_count"] ?? 0); index += 1) {
    if (!states.has(index)) untouched.push(index);
    else if (states.get(index) === null) undecided.push(index);
  }
  return { undecided, untouched };
}
