import type { DatabaseSync } from "node:sqlite";
import type { Action, Kept, Plan } from "../plan/plan.ts";
import { pack, unpack } from "./packed-json.ts";

/** Small enough to unpack one quickly, large enough to compress well. */
const LIST_PIECE = 1_000;

/** Everything but the long lists, packed. */
export function packPlanHead(plan: Plan): Uint8Array {
  const { actions: _actions, kept: _kept, ...head } = plan;
  return pack(head);
}

export function writePlanLists(database: DatabaseSync, runKey: number, plan: Plan): void {
  const insert = database.prepare("INSERT INTO plan_part VALUES (?, ?, ?, ?)");
  for (const list of ["actions", "kept"] as const) {
    for (let first = 0; first < plan[list].length; first += LIST_PIECE) {
      insert.run(runKey, list, first, pack(plan[list].slice(first, first + LIST_PIECE)));
    }
  }
}

export function readPlan(database: DatabaseSync, runKey: number, packedHead: Uint8Array): Plan {
  const head = unpack(packedHead) as Omit<Plan, "actions" | "kept">;
  const actions = readList(database, runKey, "actions") as readonly Action[];
  const kept = readList(database, runKey, "kept") as readonly Kept[];
  return { ...head, actions, kept };
}

/** The actions at these positions (ascending), without unpacking the rest of the plan. */
export function readActions(
  database: DatabaseSync,
  runKey: number,
  indexes: readonly number[],
): readonly { readonly index: number; readonly action: Action }[] {
  const select = database.prepare(
    "SELECT content FROM plan_part WHERE run_key = ? AND list = 'actions' AND first = ?",
  );
  let pieceStart = -1;
  let piece: readonly Action[] = [];
  return indexes.flatMap((index) => {
    const start = index - (index % LIST_PIECE);
    if (start !== pieceStart) {
      const row = select.get(runKey, start);
      piece = row === undefined ? [] : (unpack(row["content"] as Uint8Array) as readonly Action[]);
      pieceStart = start;
    }
    const action = piece[index - start];
    return action === undefined ? [] : [{ index, action }];
  });
}

function readList(database: DatabaseSync, runKey: number, list: string): readonly unknown[] {
  const entries: unknown[] = [];
  const rows = database
    .prepare("SELECT content FROM plan_part WHERE run_key = ? AND list = ? ORDER BY first")
    .iterate(runKey, list);
  for (const row of rows) {
    for (const entry of unpack(row["content"] as Uint8Array) as readonly unknown[])
      entries.push(entry);
  }
  return entries;
}
