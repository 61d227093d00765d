import type { TargetParts } from "../operations/create-target-session.ts";
import type { ReadPulls } from "../operations/observe.ts";
import { createLeaseOffice } from "../store/process-lease.ts";
import { createPullLog } from "../store/sqlite-pull-log.ts";
import { openRunJournal, type ClosableRunJournal } from "../store/sqlite-run-journal.ts";
import { createSightingLog } from "../store/sqlite-sighting-log.ts";
import type { OpenOptions } from "./open-options.ts";

/** What a session remembers on disk, the same for every kind of target. */
export type Memory = Pick<TargetParts, "openJournal" | "sightings" | "leases"> & {
  /** Of the registry with that host. */
  readonly pullsFrom: (registry: string) => ReadPulls;
  close(): void;
};

export function openMemory({ settings, clock, notify }: OpenOptions): Memory {
  let journal: ClosableRunJournal | undefined;
  const sightings = createSightingLog(settings.stateDir, notify);
  const pulls = createPullLog(settings.stateDir, settings.pullSpool);
  return {
    openJournal: () => (journal ??= openRunJournal(settings.stateDir)),
    sightings,
    pullsFrom: (registry) => (now) => {
      try {
        return pulls.read(registry, now);
      } catch (error) {
        if (!(error instanceof Error && "kind" in error)) throw error;
        // Without it use is unknown, which keeps.
        notify(`when images were pulled is not known: ${error.message}`);
        return undefined;
      }
    },
    leases: createLeaseOffice(settings.stateDir, clock),
    close() {
      sightings.close();
      pulls.close();
      journal?.close();
    },
  };
}
