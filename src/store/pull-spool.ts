import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Heard, PullLog } from "../ports/pull-log.ts";
import { inTransaction } from "./database.ts";
import { forgetWatches, noteHeard } from "./pull-rows.ts";
import { asStoreErrors } from "./store-error.ts";

const READ_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/** Appends what is heard to a file, a line of JSON each; whoever has the state database reads it later. */
export function createPullSpool(path: string): Pick<PullLog, "note"> {
  return {
    note: (heard) =>
      asStoreErrors(path, () => {
        const file = openSync(path, "a", 0o600);
        try {
          // One write: lines of several writers never mix.
          writeSync(file, `${JSON.stringify(heard)}\n`);
          fsyncSync(file);
        } finally {
          closeSync(file);
        }
      }),
  };
}

/**
 * Takes in what was appended since the last time. The file stays as it is. A line that says nothing may have been any pull:
 * watching begins anew behind it.
 */
export function takeInSpool(database: DatabaseSync, path: string): void {
  const file = openIfThere(path);
  if (file === undefined) return;
  try {
    inTransaction(database, () => {
      const { ino, size } = fstatSync(file);
      const row = database
        .prepare("SELECT inode, read_bytes FROM pull_spool WHERE path = ?")
        .get(path);
      // A shorter one was emptied: what is in it now has not been read.
      const isSame =
        row !== undefined && Number(row["inode"]) === ino && Number(row["read_bytes"]) <= size;
      const from = isSame ? Number(row["read_bytes"]) : 0;
      const { lines, endBytes } = readLines(file, from);
      if (isSame && endBytes === from) return;
      for (const line of lines) {
        const heard = parseHeard(line);
        if (heard === undefined) forgetWatches(database);
        else noteHeard(database, heard);
      }
      database
        .prepare("INSERT OR REPLACE INTO pull_spool VALUES (?, ?, ?)")
        .run(path, ino, endBytes);
    });
  } finally {
    closeSync(file);
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** Whole lines only: the last one may be half written. */
function readLines(
  file: number,
  from: number,
): { readonly lines: readonly string[]; readonly endBytes: number } {
  const chunks: Buffer[] = [];
  let position = from;
  for (;;) {
    const chunk = Buffer.alloc(READ_BYTES);
    const count = readSync(file, chunk, 0, READ_BYTES, position);
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    position += count;
  }
  const all = Buffer.concat(chunks);
  const end = all.lastIndexOf(NEWLINE) + 1;
  const text = all.subarray(0, end).toString("utf8");
  return { lines: text === "" ? [] : text.slice(0, -1).split("\n"), endBytes: from + end };
}

function parseHeard(line: string): Heard | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isHeard(value) ? value : undefined;
}

function isHeard(value: unknown): value is Heard {
  if (typeof value !== "object" || value === null) return false;
  const { at, listener, registries, pulls } = value as Partial<Record<keyof Heard, unknown>>;
  return (
    isTime(at) &&
    typeof listener === "string" &&
    Array.isArray(registries) &&
    registries.every((each) => typeof each === "string") &&
    Array.isArray(pulls) &&
    pulls.every(isPull)
  );
}

function isPull(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { registry, repository, digest, at } = value as Readonly<Record<string, unknown>>;
  return [registry, repository, digest].every((each) => typeof each === "string") && isTime(at);
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}
