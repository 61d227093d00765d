import type { TargetParts } from "../operations/create-target-session.ts";
import { createLeaseOffice } from "../store/process-lease.ts";
import { openRunJournal, type ClosableRunJournal } from "../store/sqlite-run-journal.ts";
import { createSightingLog } from "../store/sqlite-sighting-log.ts";
import type { OpenOptions } from "./open-options.ts";

/** What a session remembers on disk, the same for every kind of target. */
export type Memory = Pick<TargetParts, "openJournal" | "sightings" | "leases"> & { close(): void };

export function openMemory({ settings, clock, notify }: OpenOptions): Memory {
  let journal: ClosableRunJournal | undefined;
  const sightings = createSightingLog(settings.stateDir, notify);
  return {
    openJournal: () => (journal ??= openRunJournal(settings.stateDir)),
    sightings,
    leases: createLeaseOffice(settings.stateDir, clock),
    close() {
      sightings.close();
      journal?.close();
    },
  };
}
