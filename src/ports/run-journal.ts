import type { Action, Plan } from "../plan/plan.ts";
import type { RemovedRecord } from "./removed-record.ts";

/**
 * How an action ended. `applied`: removed by this run; `gone`: something else had removed it; `skipped`: it had changed
 * since the plan, or is in use, or the run was stopped before it; `failed`: the target answered with an error; `unknown`:
 * no answer came and a later look could not tell.
 */
export type ActionState = "applied" | "gone" | "skipped" | "failed" | "unknown";

export interface ActionOutcome {
  /** Position in `Plan.actions`. */
  readonly index: number;
  readonly state: ActionState;
  /** Why, in words; empty for `applied` unless something had changed since the plan. */
  readonly detail: string;
  /** Bytes measured as freed by this action, where the target tells by action. */
  readonly freedBytes?: number;
  readonly at: string;
}

/**
 * `running`: being applied, or cut off and not yet accounted for; `done`: every action applied or gone; `partial`:
 * some were skipped or failed; `stopped`: by Ctrl-C, or by a brake; `interrupted`: the process died, and a later command
 * finished the account.
 */
export type RunState = "running" | "done" | "partial" | "stopped" | "interrupted";

export interface RunSummary {
  readonly id: string;
  readonly planId: string;
  readonly targetKey: string;
  readonly targetName: string;
  readonly state: RunState;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly counts: Readonly<Record<ActionState, number>>;
  readonly predictedBytes: number;
  /** Absent when nothing could be measured. */
  readonly freedBytes?: number;
}

/** A run whose process ended without closing it: `undecided` are actions begun without a known outcome. */
export interface UnfinishedRun {
  readonly summary: RunSummary;
  readonly undecided: readonly { readonly index: number; readonly action: Action }[];
  /** Positions in `Plan.actions` of those never begun. */
  readonly untouched: readonly number[];
}

/** The account of what was done to a target. Every call is on disk when it returns; each throws when it cannot be. */
export interface RunJournal {
  /** Opens a run. The whole plan is kept with it. Throws when the plan has been applied already. */
  begin(plan: Plan, targetKey: string, at: string): string;
  /**
   * In one commit: how actions ended, and which are carried out next. A later outcome of an action replaces the one
   * before (a second look that disproves the target's answer).
   */
  record(
    runId: string,
    entry: { readonly settled: readonly ActionOutcome[]; readonly intended: readonly number[] },
  ): void;
  /** What an action removes, before it does; once more replaces what was there. `index` is its position in `Plan.actions`. */
  keepRecord(runId: string, index: number, record: RemovedRecord): void;
  recordOf(runId: string, index: number): RemovedRecord | undefined;
  /** One by one: those of a run may be more than fit into memory. To be read to its end, or left, before the next call. */
  records(runId: string): Iterable<RemovedRecord>;
  finish(runId: string, end: { state: RunState; at: string; freedBytes?: number }): void;
  /** Whether any target has a run whose process ended without closing it, or is still at it. */
  hasUnfinished(): boolean;
  unfinished(targetKey: string): readonly UnfinishedRun[];
  /** The run that applied this plan, if one did. */
  runOfPlan(planId: string): RunSummary | undefined;
  /** The latest run on a target that removed something. */
  lastRemoval(targetKey: string): RunSummary | undefined;
  /** Newest first. */
  runs(limit: number): readonly RunSummary[];
  run(
    runId: string,
  ): { summary: RunSummary; plan: Plan; outcomes: readonly ActionOutcome[] } | undefined;
}
