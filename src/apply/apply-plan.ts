import type { Inventory } from "../inventory/inventory.ts";
import type { Action, Plan } from "../plan/plan.ts";
import type { Clock } from "../ports/clock.ts";
import type { ImageRemover } from "../ports/image-remover.ts";
import type { ActionOutcome, RunJournal, RunState } from "../ports/run-journal.ts";
import { FreesNothingBrake } from "./brake.ts";
import { carryOutAction } from "./carry-out-action.ts";
import { imageHolders } from "./image-holders.ts";
import { eachInParallel } from "../concurrency/each-in-parallel.ts";
import { JournalFeed } from "./journal-feed.ts";
import { openMeasurement, type Freed } from "./measure-freed.ts";
import { messageOf } from "./recheck.ts";
import { removeLeftovers } from "./remove-leftovers.ts";
import { RunAccount } from "./run-account.ts";
import type { SecureAction } from "./secure-action.ts";
import { wavesOf } from "./waves.ts";

export interface PlanRun {
  readonly plan: Plan;
  /** What the target held when the run began: the sizes of what goes. */
  readonly inventory: Inventory;
  readonly remover: ImageRemover;
  readonly journal: Pick<RunJournal, "record">;
  readonly runId: string;
  readonly secure: SecureAction;
  readonly clock: Clock;
  /** Aborting lets the actions in flight end and begins no other. */
  readonly signal: AbortSignal;
  readonly onSettled: (action: Action, outcome: ActionOutcome) => void;
  /** Everything is carried out; what follows looks at what became of it. */
  readonly onChecking: () => void;
}

export interface PlanResult {
  readonly state: Exclude<RunState, "running" | "interrupted">;
  readonly outcomes: readonly ActionOutcome[];
  readonly freed: Freed;
  readonly findings: readonly string[];
}

/** Carries out a plan. Rejects only when the journal cannot be written; then nothing more is removed. */
export async function applyPlan(run: PlanRun): Promise<PlanResult> {
  const { plan, inventory, remover, signal } = run;
  const findings: string[] = [];
  const measurement = await openMeasurement(inventory, remover);
  const feed = new JournalFeed(run.journal, run.runId);
  const brake = remover.tellsDeletedBlobs === true ? new FreesNothingBrake() : undefined;
  let braked: string | undefined;
  const account = new RunAccount(plan, inventory.blobs, run.clock, (action, outcome) => {
    feed.settle(outcome);
    run.onSettled(action, outcome);
    braked ??= brake?.check(action, outcome);
  });

  const holderOf = imageHolders(inventory.images, (id) => account.hasGone(id));
  const carryOut = async (index: number): Promise<void> => {
    feed.throwIfBroken();
    const action = plan.actions[index];
    if (action === undefined) return;
    const stopped = signal.aborted ? "stopped" : braked && `stopped: ${braked}`;
    if (stopped !== undefined) {
      account.settle(index, { state: "skipped", detail: stopped });
      return;
    }
    const ending = await carryOutAction(action, {
      remover,
      plannedAt: plan.now,
      wentAlong: (id) => account.deletedImages.has(id),
      holderOf,
      intend: () => feed.intend(index),
      secure: run.secure,
      isStopping: () => signal.aborted,
    });
    account.settle(index, ending);
  };
  try {
    for (const wave of wavesOf(plan.actions))
      await eachInParallel(wave, { limit: remover.concurrency }, carryOut);
  } finally {
    // What has ended is written down even where the run fails.
    feed.flush();
  }

  run.onChecking();
  if (braked !== undefined) findings.push(braked);
  const { corrected, finding } = await removeLeftovers(account, remover, signal);
  if (finding !== undefined) findings.push(finding);
  for (const outcome of corrected) feed.settle(outcome);
  feed.flush();

  let swept: readonly string[] = [];
  try {
    swept = await remover.sweep();
  } catch (error) {
    findings.push(`what nothing reaches any more could not be swept: ${messageOf(error)}`);
  }
  const outcomes = account.outcomes();
  const freed = await measurement.close(account, swept);
  return {
    state: stateOf(outcomes, signal.aborted || braked !== undefined),
    outcomes,
    freed,
    findings: [...findings, ...freed.findings],
  };
}

function stateOf(outcomes: readonly ActionOutcome[], stopped: boolean): PlanResult["state"] {
  const open = outcomes.some(({ state }) => state !== "applied" && state !== "gone");
  if (!open) return "done";
  return stopped ? "stopped" : "partial";
}
