import { messageOf, type Looker } from "../apply/recheck.ts";
import { isStillThere } from "../apply/still-there.ts";
import { putsVolumeBy, type Action } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import type { ActionOutcome, RunJournal, RunSummary, UnfinishedRun } from "../ports/run-journal.ts";

export { leftoverRemoval } from "../recovery/open-volumes.ts";

/** Whether the recovery bin has an image or a volume that the run of a plan has put there. */
export type IsInBin = (planId: string, subject: string) => Promise<boolean>;

interface AccountPorts {
  readonly targetKey: string;
  readonly journal: RunJournal;
  readonly clock: Clock;
  /** Absent where there is no bin. */
  readonly isInBin?: IsInBin;
  /** Removes what reading a volume has left on the target. Absent where there are no volumes. */
  readonly removeLeftovers?: () => Promise<void>;
}

export interface ReconcilePorts extends AccountPorts {
  readonly leases: LeaseOffice;
  readonly openLooker: () => Promise<Looker>;
}

/** A run that had been cut off, with what was found of the actions that it had begun. */
export interface ReconciledRun extends RunSummary {
  readonly found: readonly { readonly action: Action; readonly outcome: ActionOutcome }[];
}

/** Finishes the account of runs that were cut off on this target. One that another process works on is left to it. */
export async function reconcile(ports: ReconcilePorts): Promise<readonly ReconciledRun[]> {
  if (ports.journal.unfinished(ports.targetKey).length === 0) return [];
  const lease = ports.leases.acquire(ports.targetKey);
  if (!lease.granted) return [];
  try {
    return await closeUnfinishedRuns({ ...ports, remover: await ports.openLooker() });
  } finally {
    lease.release();
  }
}

/** To be called under the target's lease: whoever had these runs is dead. */
export async function closeUnfinishedRuns(
  ports: AccountPorts & { readonly remover: Looker },
): Promise<readonly ReconciledRun[]> {
  const { journal, clock } = ports;
  const closed: ReconciledRun[] = [];
  for (const run of journal.unfinished(ports.targetKey)) {
    const found = await lookAtBegun(run, ports);
    const settled = [...found.map(({ outcome }) => outcome), ...neverBegun(run, clock)];
    journal.record(run.summary.id, { settled, intended: [] });
    journal.finish(run.summary.id, { state: "interrupted", at: timeOf(clock) });
    const summary = journal.runOfPlan(run.summary.planId);
    if (summary !== undefined) closed.push({ ...summary, found });
  }
  return closed;
}

async function lookAtBegun(
  { summary, undecided }: UnfinishedRun,
  ports: AccountPorts & { readonly remover: Looker },
): Promise<ReconciledRun["found"]> {
  const found: { action: Action; outcome: ActionOutcome }[] = [];
  for (const { index, action } of undecided) {
    const ending = await endingOf(action, summary.planId, ports);
    found.push({ action, outcome: { index, ...ending, at: timeOf(ports.clock) } });
  }
  return found;
}

function neverBegun({ untouched }: UnfinishedRun, clock: Clock): readonly ActionOutcome[] {
  const detail = "the run was interrupted before it";
  return untouched.map((index) => ({ index, state: "skipped", detail, at: timeOf(clock) }));
}

/** Begun and without an outcome: what the target and the bin hold now tells what became of it. */
async function endingOf(
  action: Action,
  planId: string,
  { remover, isInBin, removeLeftovers }: AccountPorts & { readonly remover: Looker },
): Promise<Pick<ActionOutcome, "state" | "detail">> {
  const interrupted = "the run was interrupted";
  try {
    if (putsVolumeBy(action)) await removeLeftovers?.();
    const there = await isStillThere(action, remover);
    if (there === undefined) return { state: "unknown", detail: interrupted };
    const isPutBy =
      action.recovery.way === "archive" && (await isInBin?.(planId, action.subject)) === true;
    if (there) {
      const detail = "interrupted before it was removed";
      const also = "it had been put into the recovery bin already, which does no harm";
      return { state: "skipped", detail: isPutBy ? `${detail}; ${also}` : detail };
    }
    const where = isPutBy ? "it is gone, and in the recovery bin" : "it is gone";
    return { state: "applied", detail: `${interrupted}; ${where}` };
  } catch (error) {
    return { state: "unknown", detail: `${interrupted}; looking again: ${messageOf(error)}` };
  }
}

function timeOf(clock: Clock): string {
  return new Date(clock()).toISOString();
}
