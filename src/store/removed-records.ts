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

export function selectRecord(
  database: DatabaseSync,
  runId: string,
  index: number,
): RemovedRecord | undefined {
  const row = database.prepare(`${SELECT} AND action = ?`).get(runId, index);
  return row && toRecord(row);
}

export function* selectRecords(database: DatabaseSync, runId: string): Generator<RemovedRecord> {
  for (const row of database.prepare(`${SELECT} ORDER BY action`).iterate(runId))
    yield toRecord(row);
}

const SELECT = "SELECT content FROM removed JOIN run ON run.key = run_key WHERE run.id = ?";

function toRecord({ content }: Readonly<Record<string, unknown>>): RemovedRecord {
  return unpack(content as Uint8Array) as RemovedRecord;
}
