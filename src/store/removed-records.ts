import type { DatabaseSync } from "node:sqlite";
import type { RemovedRecord } from "../ports/removed-record.ts";
import { pack, unpack } from "./packed-json.ts";

export function insertRecord(
  database: DatabaseSync,
  runKey: number,
  index: number,
  record: RemovedRecord,
): void {
  database
    .prepare("INSERT OR REPLACE INTO removed (run_key, action, content) VALUES (?, ?, ?)")
    .run(runKey, index, pack(record));
}

export function selectRecords(
  database: DatabaseSync,
  runId: string,
): ReadonlyMap<number, RemovedRecord> {
  const rows = database
    .prepare(
      "SELECT action, content FROM removed JOIN run ON run.key = run_key WHERE run.id = ? ORDER BY action",
    )
    .all(runId);
  return new Map(
    rows.map(({ action, content }) => [
      Number(action),
      unpack(content as Uint8Array) as RemovedRecord,
    ]),
  );
}
