import type { Accuracy } from "../inventory/inventory.ts";
import type { Action } from "../plan/plan.ts";
import type { ActionOutcome, RunState } from "../ports/run-journal.ts";
import type { Retired } from "./retain-after-run.ts";
import type { PutBy } from "./bin-archiver.ts";

export type RunEvent =
  | { readonly kind: "started"; readonly runId: string; readonly actions: number }
  | {
      readonly kind: "settled";
      readonly action: Action;
      readonly outcome: ActionOutcome;
      readonly done: number;
      readonly total: number;
    }
  | {
      /** An image is being put into the bin; comes with every piece of it. */
      readonly kind: "archiving";
      readonly action: Action;
      readonly doneBytes: number;
      readonly done: number;
      readonly total: number;
    }
  | { readonly kind: "checking" };

export interface ApplyOptions {
  /** Aborting lets the actions in flight end and begins no other. */
  readonly signal: AbortSignal;
  /** Nobody is there to answer: the brakes of the plan stop it unless `beyondLimits` says that they are meant. */
  readonly unattended: boolean;
  readonly beyondLimits: boolean;
  readonly onEvent: (event: RunEvent) => void;
  /** The bin to put images into; absent: the plan's, or the user's own. */
  readonly binDirectory?: string;
}

/** What a run did. Predicted and measured bytes stand side by side. */
export interface RunReport {
  readonly runId: string;
  readonly state: RunState;
  readonly outcomes: readonly ActionOutcome[];
  /** Predicted for the whole plan. */
  readonly predictedBytes: number;
  /** Predicted for the actions that were applied. */
  readonly predictedAppliedBytes: number;
  /** Absent with `freedDetail` saying why nothing could be measured. */
  readonly freedBytes?: number;
  readonly freedDetail: string;
  readonly accuracy: Accuracy;
  /** What is still there though the target said it went, and what holds predicted bytes. */
  readonly findings: readonly string[];
  /** What is in the recovery bin now; absent where nothing was put there. */
  readonly putBy?: PutBy;
  /** What went from the bin because its time was over; absent where the run put nothing there. */
  readonly retired?: Retired;
}
