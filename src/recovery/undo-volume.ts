import type { Action } from "../plan/plan.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { VolumeContent } from "../ports/volume-content.ts";
import { undone, type Undone } from "./undo-step.ts";
import { openStoredVolume } from "./volume-artifact.ts";

export interface UndoVolumeParts {
  /** Absent where nothing has volumes. */
  readonly openVolumes?: () => Promise<VolumeContent>;
  readonly openBin: () => Promise<{
    readonly bin: RecoveryBin;
    readonly entries: readonly BinEntry[];
  }>;
}

/** Makes a volume again that a run removed, and fills it with what the run had put into the bin. */
export async function undoVolume(
  { subject: name, recovery }: Action,
  planId: string,
  { openVolumes, openBin }: UndoVolumeParts,
  signal: AbortSignal,
): Promise<Undone> {
  if (recovery.way !== "archive" || openVolumes === undefined)
    return undone("beyond", "the content of a volume is not kept");
  const { bin, entries } = await openBin();
  const entry = entries.find(({ image }) => image.planId === planId && image.volume?.name === name);
  if (entry === undefined) return undone("beyond", "the recovery bin does not have it any more");
  const volumes = await openVolumes();
  const restored = await bin.whileHeld(async () =>
    volumes.restore(await openStoredVolume(bin, entry), signal),
  );
  switch (restored.kind) {
    case "made":
      return undone(restored.details.length === 0 ? "restored" : "partly", ...restored.details);
    case "there":
      return undone("there");
    case "taken":
      return undone("taken", `${restored.by} has the name by now, and was left alone`);
    default:
      return restored satisfies never;
  }
}
