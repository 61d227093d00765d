import type { ActionOutcome, RunJournal } from "../../src/ports/run-journal.ts";

/** Keeps what a run records, in the order in which it does. */
export class MemoryJournal implements Pick<RunJournal, "record"> {
  readonly intended: number[] = [];
  readonly settled = new Map<number, ActionOutcome>();
  commits = 0;
  /** The number of the commit from which on nothing can be written. */
  brokenFrom = Number.POSITIVE_INFINITY;

  record(_runId: string, entry: Parameters<RunJournal["record"]>[1]): void {
    this.commits += 1;
    if (this.commits >= this.brokenFrom) throw new Error("the disk is full");
    this.intended.push(...entry.intended);
    for (const outcome of entry.settled) this.settled.set(outcome.index, outcome);
  }
}
