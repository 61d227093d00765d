import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { LeaseHolder, LeaseOffice } from "../ports/lease.ts";
import type { Clock } from "../ports/clock.ts";
import { createPrivateFile } from "./database.ts";
import { loadSqlite } from "./sqlite.ts";
import { asStoreErrors, StoreError } from "./store-error.ts";

/** A connection that nothing refers to is closed by the garbage collector, and its lock with it. */
const held = new Set<DatabaseSync>();

/**
 * Leases among the processes that share a state folder. The holder keeps a transaction open on a file of its own for
 * each target: that lock belongs to the kernel, which drops it when the process ends, however it ends.
 */
export function createLeaseOffice(stateDir: string, clock: Clock): LeaseOffice {
  return {
    acquire: (targetKey) => {
      const name = createHash("sha256").update(targetKey).digest("hex").slice(0, 32);
      const lockPath = join(stateDir, "locks", `${name}.db`);
      const holderPath = join(stateDir, "locks", `${name}.json`);
      return asStoreErrors(lockPath, () => {
        const lock = tryLock(lockPath);
        if (lock === undefined) {
          const holder = readHolder(holderPath);
          return { granted: false, ...(holder === undefined ? {} : { holder }) };
        }
        // Inside the lock, so it always tells of the one who has it.
        const self: LeaseHolder = { pid: process.pid, since: new Date(clock()).toISOString() };
        writeFileSync(holderPath, JSON.stringify(self), { mode: 0o600 });
        held.add(lock);
        return {
          granted: true,
          release: () => {
            held.delete(lock);
            lock.close();
          },
        };
      });
    },
  };
}

/** Undefined when another connection, of this process or of any other, holds it. */
function tryLock(path: string): DatabaseSync | undefined {
  createPrivateFile(path);
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    asStoreErrors(path, () => database.exec("BEGIN EXCLUSIVE"));
    return database;
  } catch (error) {
    database.close();
    if (error instanceof StoreError && error.kind === "busy") return undefined;
    throw error;
  }
}

/** For people only: the lock decides, this file is never believed about it. */
function readHolder(path: string): LeaseHolder | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  const [, pid, since] = /^\{"pid":(\d+),"since":"([^"]+)"\}$/.exec(text) ?? [];
  return pid === undefined || since === undefined ? undefined : { pid: Number(pid), since };
}
