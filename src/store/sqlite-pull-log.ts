import type { DatabaseSync } from "node:sqlite";
import type { PullLog } from "../ports/pull-log.ts";
import { inTransaction } from "./database.ts";
import { noteHeard, selectEvidence } from "./pull-rows.ts";
import { takeInSpool } from "./pull-spool.ts";
import { openStateDatabase, stateDatabasePath } from "./state-database.ts";
import { asStoreErrors } from "./store-error.ts";

export interface ClosablePullLog extends PullLog {
  close(): void;
}

/** Pulls in `state.db` of the folder. Opened at the first use; what waits in the spool file is taken in before reading. */
export function createPullLog(stateDir: string, spoolFile: string): ClosablePullLog {
  const path = stateDatabasePath(stateDir);
  let database: DatabaseSync | undefined;
  // A pull that a power cut takes back would make an image look unused.
  const open = (): DatabaseSync => (database ??= openStateDatabase(stateDir, "FULL"));
  return {
    note: (heard) => {
      const state = open();
      asStoreErrors(path, () => inTransaction(state, () => noteHeard(state, heard)));
    },
    read: (registry, now) => {
      const state = open();
      asStoreErrors(spoolFile, () => takeInSpool(state, spoolFile));
      return asStoreErrors(path, () => selectEvidence(state, registry, now));
    },
    close: () => {
      database?.close();
      database = undefined;
    },
  };
}
