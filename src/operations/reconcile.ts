import { messageOf, type Looker } from "../apply/recheck.ts";
import { isStillThere } from "../apply/still-there.ts";
import type { Action } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { LeaseOffice } from "../ports/lease.ts";
import type { ActionOutcome, RunJournal, RunSummary, UnfinishedRun } from "../ports/run-journal.ts";

export interface ReconcilePorts {
  readonly targetKey: string;
  readonly journal: RunJournal;
  readonly leases: LeaseOffice;
  readonly clock: Clock;
  readonly openLooker: () => Promise<Looker>;
}

/** Finishes the account of runs that were cut off on this target. One that another process is at is left to it. */
export async function reconcile(ports: ReconcilePorts): Promise<readonly RunSummary[]> {
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
export async function closeUnfinishedRuns(ports: {
  readonly targetKey: string;
  readonly journal: RunJournal;
  readonly remover: Looker;
  readonly clock: Clock;
}): Promise<readonly RunSummary[]> {
  const { journal, remover, clock } = ports;
  const closed: RunSummary[] = [];
  for (const run of journal.unfinished(ports.targetKey)) {
    const settled = await accountFor(run, remover, clock);
    journal.record(run.summary.id, { settled, intended: [] });
    journal.finish(run.summary.id, { state: "interrupted", at: timeOf(clock) });
    const summary = journal.runOfPlan(run.summary.planId);
    if (summary !== undefined) closed.push(summary);
  }
  return closed;
}

async function accountFor(
  run: UnfinishedRun,
  looker: Looker,
  clock: Clock,
): Promise<readonly ActionOutcome[]> {
  const settled: ActionOutcome[] = [];
  for (const { index, action } of run.undecided) {
    settled.push({ index, ...(await endingOf(action, looker)), at: timeOf(clock) });
  }
  const at = timeOf(clock);
  for (const index of run.untouched) {
    settled.push({ index, state: "skipped", detail: "the run was interrupted before it", at });
  }
  return settled;
}

/** Begun and without an outcome: what the target holds now tells what became of it. */
async function endingOf(
  action: Action,
  looker: Looker,
): Promise<Pick<ActionOutcome, "state" | "detail">> {
  const interrupted = "the run was interrupted";
  try {
    const there = await isStillThere(action, looker);
    if (there === undefined) return { state: "unknown", detail: interrupted };
    return there
      ? { state: "skipped", detail: "interrupted before it was removed" }
      : { state: "applied", detail: `${interrupted}; it is gone` };
  } catch (error) {
    return { state: "unknown", detail: `${interrupted}; looking again: ${messageOf(error)}` };
  }
}

function timeOf(clock: Clock): string {
  return new Date(clock()).toISOString();
}
