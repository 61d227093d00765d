import { randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Plan } from "../plan/plan.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import { inTransaction } from "./database.ts";
import { packPlanHead, readActions, readPlan, writePlanLists } from "./plan-archive.ts";
import { insertRecord, selectRecord, selectRecords } from "./removed-records.ts";
import { selectOpenSteps, selectOutcomes, selectRuns } from "./run-rows.ts";
import { openStateDatabase, stateDatabasePath } from "./state-database.ts";
import { asStoreErrors, StoreError } from "./store-error.ts";

export interface ClosableRunJournal extends RunJournal {
  close(): void;
}

/** The journal in `state.db` of the folder. Every call is on the disk when it returns, a power cut included. */
export function openRunJournal(stateDir: string): ClosableRunJournal {
  const path = stateDatabasePath(stateDir);
  const database = openStateDatabase(stateDir, "FULL");
  const read = <Result>(body: () => Result): Result => asStoreErrors(path, body);
  const write = <Result>(body: () => Result): Result =>
    asStoreErrors(path, () => inTransaction(database, body));

  return {
    begin: (plan, targetKey, at) =>
      write(() => {
        const [earlier] = selectRuns(database, "WHERE plan_id = ?", plan.id);
        if (earlier) throw alreadyApplied(path, plan, earlier.summary.id);
        return insertRun(database, plan, targetKey, at);
      }),

    record: (runId, { settled, intended }) =>
      write(() => {
        const runKey = keyOf(database, runId);
        const settle = database.prepare(
          "INSERT OR REPLACE INTO step (run_key, action, state, detail, freed_bytes, at) VALUES (?, ?, ?, ?, ?, ?)",
        );
        for (const { index, state, detail, freedBytes, at } of settled) {
          settle.run(runKey, index, state, detail, freedBytes ?? null, at);
        }
        const intend = database.prepare("INSERT INTO step (run_key, action) VALUES (?, ?)");
        for (const index of intended) intend.run(runKey, index);
      }),

    keepRecord: (runId, index, record) =>
      write(() => insertRecord(database, keyOf(database, runId), index, record)),

    recordOf: (runId, index) => read(() => selectRecord(database, runId, index)),

    records: (runId) => selectRecords(database, runId),

    finish: (runId, { state, at, freedBytes }) =>
      write(() => {
        database
          .prepare("UPDATE run SET state = ?, ended_at = ?, freed_bytes = ? WHERE key = ?")
          .run(state, at, freedBytes ?? null, keyOf(database, runId));
      }),

    hasUnfinished: () =>
      read(
        () =>
          database.prepare("SELECT 1 FROM run WHERE state = 'running' LIMIT 1").get() !== undefined,
      ),

    unfinished: (targetKey) =>
      read(() =>
        selectRuns(
          database,
          "WHERE target_key = ? AND state = 'running' ORDER BY key",
          targetKey,
        ).map(({ key, summary }) => {
          const { undecided, untouched } = selectOpenSteps(database, key);
          return { summary, undecided: readActions(database, key, undecided), untouched };
        }),
      ),

    runOfPlan: (planId) =>
      read(() => selectRuns(database, "WHERE plan_id = ?", planId)[0]?.summary),

    lastRemoval: (targetKey) =>
      read(() => selectRuns(database, LAST_REMOVAL, targetKey)[0]?.summary),

    runs: (limit) =>
      read(() =>
        selectRuns(database, "ORDER BY started_at DESC, key DESC LIMIT ?", limit).map(
          ({ summary }) => summary,
        ),
      ),

    run: (runId) =>
      read(() => {
        const [found] = selectRuns(database, "WHERE id = ?", runId);
        const row = database.prepare("SELECT plan_head FROM run WHERE id = ?").get(runId);
        if (found === undefined || row === undefined) return undefined;
        const plan = readPlan(database, found.key, row["plan_head"] as Uint8Array);
        return { summary: found.summary, plan, outcomes: selectOutcomes(database, found.key) };
      }),

    close: () => {
      if (database.isOpen) database.close();
    },
  };
}

/** Removed is also what had not been looked at again when the process ended. */
const LAST_REMOVAL = `
WHERE target_key = ? AND state != 'running'
  AND EXISTS (SELECT 1 FROM step WHERE run_key = run.key AND step.state IN ('applied', 'unknown'))
ORDER BY started_at DESC, key DESC LIMIT 1`;

function insertRun(database: DatabaseSync, plan: Plan, targetKey: string, at: string): string {
  const id = newRunId(at);
  const { lastInsertRowid } = database
    .prepare(
      `INSERT INTO run (id, plan_id, target_key, target_name, state, started_at, action_count, predicted_bytes, plan_head)
       VALUES (?, ?, ?, ?, 'running', ?, ?, ?, ?)`,
    )
    .run(
      id,
      plan.id,
      targetKey,
      plan.target.name,
      at,
      plan.actions.length,
      plan.totals.freesBytes,
      packPlanHead(plan),
    );
  writePlanLists(database, Number(lastInsertRowid), plan);
  return id;
}

/** Sorts by time and can be typed: `20261121-124106-3f9a1c`. */
function newRunId(at: string): string {
  const [date = "", time = ""] = at.split("T");
  const seconds = time.slice(0, 8).replaceAll(":", "");
  return `${date.replaceAll("-", "")}-${seconds}-${randomBytes(3).toString("hex")}`;
}

function keyOf(database: DatabaseSync, runId: string): number {
  const row = database.prepare("SELECT key FROM run WHERE id = ?").get(runId);
  if (row === undefined) throw new RangeError(`there is no run ${runId}`);
  return Number(row["key"]);
}

function alreadyApplied(path: string, plan: Plan, runId: string): StoreError {
  return new StoreError(
    "already-applied",
    path,
    `plan ${plan.id} has been applied already (run ${runId})`,
    "Make a new plan: it shows what there is to remove now.",
  );
}
