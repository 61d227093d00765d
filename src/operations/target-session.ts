import type { Inventory, Target } from "../inventory/inventory.ts";
import type { Plan } from "../plan/plan.ts";
import type { BinView } from "../ports/bin-view.ts";
import type { ContentCheck } from "../ports/content-check.ts";
import type { ImageDetails } from "../ports/image-details.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { ServerUpkeep } from "../ports/server-upkeep.ts";
import type { PreviewSave } from "../ports/save-preview.ts";
import type { SpeedLog } from "../ports/speed-log.ts";
import type { Restored } from "../recovery/restore-image.ts";
import type { RecordChoice, RecordedRemoval } from "./restore-recorded.ts";
import type { PreviewVolumes } from "./preview-volumes.ts";
import type { ReconciledRun } from "./reconcile.ts";
import type { ApplyOptions, RunReport } from "./run-report.ts";
import type { UndoOptions, UndoReport } from "./undo.ts";

export type { ReconciledRun } from "./reconcile.ts";
export type { Restored } from "../recovery/restore-image.ts";

/** What can come back on a target. */
export interface SessionRecovery {
  /** The user's own bin, or the one in a directory. */
  openBin(directory?: string): Promise<RecoveryBin>;
  /** Looks at it without making one. */
  viewBin(directory?: string): Promise<BinView>;
  /** Absent where any image can be saved. */
  readonly previewSave?: PreviewSave;
  /** Absent where nobody remembers. */
  readonly openSpeeds?: () => Promise<SpeedLog>;
  /** Engines only. */
  readonly previewVolumes?: PreviewVolumes;
  /** Gives an image of the user's own bin, or of the one in a directory, back to this target. */
  restore(entry: BinEntry, signal: AbortSignal, binDirectory?: string): Promise<Restored>;
  /** Registries only: an image of which a run has a record, by name or ID; undefined where none has. */
  readonly findRecorded?: (
    text: string,
    choice: RecordChoice,
    binDirectory?: string,
  ) => Promise<RecordedRemoval | undefined>;
  /** Brings a run back, by default the latest here that removed something. */
  undo(runId: string | undefined, options: UndoOptions): Promise<UndoReport>;
  /** Takes from the bin what was fetched from registries for images that came back; called when the session ends. */
  settle(): Promise<void>;
}

/** Everything a command can do with one target. Made in `main.ts`, which alone knows the adapters. */
export interface TargetSession {
  readonly target: Target;
  /** What its runs are filed under. */
  key(): Promise<string>;
  /** Takes the inventory, with what is remembered about arrival and use filled in. */
  observe(options: ObserveOptions): Promise<Inventory>;
  apply(plan: Plan, options: ApplyOptions): Promise<RunReport>;
  /** Finishes the account of runs on this target that were cut off; answers what it found. */
  reconcile(): Promise<readonly ReconciledRun[]>;
  readonly details: ImageDetails;
  /** Absent where nothing can be put by and given back. */
  readonly recovery?: SessionRecovery;
  /** Registries only: whether all of an inventory is still there, read anew. */
  readonly check?: ContentCheck;
  /** Registries only: what the server does to itself. Rejects where it cannot be asked. */
  readonly upkeep?: () => Promise<ServerUpkeep>;
  /** Engines only. */
  readonly transfer?: ImageTransfer;
  close(): Promise<void>;
}
