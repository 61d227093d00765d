import type { Inventory, Target } from "../inventory/inventory.ts";
import type { Plan } from "../plan/plan.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { RunSummary } from "../ports/run-journal.ts";
import type { ApplyOptions, RunReport } from "./run-report.ts";

/** Everything a command can do with one target. Made in `main.ts`, which alone knows the adapters. */
export interface TargetSession {
  readonly target: Target;
  /** Takes the inventory, with what is remembered about arrival and use filled in. */
  observe(options: ObserveOptions): Promise<Inventory>;
  apply(plan: Plan, options: ApplyOptions): Promise<RunReport>;
  /** Finishes the account of runs on this target that were cut off; answers what it found. */
  reconcile(): Promise<readonly RunSummary[]>;
  readonly details: ImageDetails;
  /** Engines only. */
  readonly transfer?: ImageTransfer;
  close(): Promise<void>;
}
