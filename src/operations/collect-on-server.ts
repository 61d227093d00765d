import type { Inventory } from "../inventory/inventory.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";
import type { CollectionJob, ServerCollection, ServerUpkeep } from "../ports/server-upkeep.ts";
import { countTags } from "./collect-garbage.ts";

/** How often a job is looked at. */
const LOOK_AGAIN_MS = 2_000;

export interface ServerCollectionPorts {
  readonly observe: (options: ObserveOptions) => Promise<Inventory>;
  readonly check: ServerUpkeep["check"];
  readonly wait: (ms: number) => Promise<void>;
  readonly observing: ObserveOptions;
  readonly onJob: (job: CollectionJob) => void;
}

export interface ServerCollectionReport {
  /**
   * `whole`: it is done, and all that is listed is there; `damaged`: something is not, and was before; `tried`: a dry run is
   * done; `failed`: it ended otherwise; `left`: it goes on, and nobody waited for its end.
   */
  readonly state: "whole" | "damaged" | "tried" | "failed" | "left";
  readonly job: CollectionJob;
  readonly images: number;
  readonly tags: number;
  readonly damagedBefore: readonly string[];
  readonly damaged: readonly string[];
  /** The end of the registry's own account. */
  readonly log: readonly string[];
}

/** Starts a registry's own garbage collection, waits for its end, and checks that all that was there before still is. */
export async function collectOnServer(
  collection: ServerCollection,
  how: "collect" | "dry-run",
  ports: ServerCollectionPorts,
): Promise<ServerCollectionReport> {
  const { observe, check, observing } = ports;
  const isTried = how === "dry-run" && collection.dryRun !== undefined;
  const inventory = isTried ? undefined : await observe(observing);
  const damagedBefore = inventory === undefined ? [] : await check(inventory, observing);
  const started = isTried ? collection.dryRun() : collection.start();
  const job = await untilEnded(collection, await started, ports);
  const report = (
    state: ServerCollectionReport["state"],
    rest: Partial<ServerCollectionReport> = {},
  ): ServerCollectionReport => ({
    state,
    job,
    images: inventory?.images.length ?? 0,
    tags: inventory === undefined ? 0 : countTags(inventory),
    damagedBefore,
    damaged: [],
    log: [],
    ...rest,
  });
  if (job.state === "waiting" || job.state === "running") return report("left");
  const log = await collection.log(job.id);
  if (job.state !== "done") return report("failed", { log });
  if (inventory === undefined) return report("tried", { log });
  // What somebody has deleted or moved meanwhile is no damage: only what is listed now has to be there.
  const after = await observe(observing);
  const known = new Set(damagedBefore);
  const now = [...after.problems, ...(await check(after, observing))];
  const damaged = now.filter(
    (problem) => !known.has(problem) && !inventory.problems.includes(problem),
  );
  return report(damaged.length > 0 ? "damaged" : "whole", { log, damaged });
}

/** Stops waiting, not the job, when the user stops. */
async function untilEnded(
  collection: ServerCollection,
  started: CollectionJob,
  { wait, onJob, observing }: ServerCollectionPorts,
): Promise<CollectionJob> {
  let job = started;
  onJob(job);
  while ((job.state === "waiting" || job.state === "running") && !observing.signal.aborted) {
    await wait(LOOK_AGAIN_MS);
    if (observing.signal.aborted) break;
    job = await collection.look(job.id);
    onJob(job);
  }
  return job;
}
