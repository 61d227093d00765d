import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import { openVolumesForRun } from "../recovery/open-volumes.ts";
import { restoreImage, type RestoreParts, type Restored } from "../recovery/restore-image.ts";
import { restoreVolume, RestoreVolumeError } from "../recovery/restore-volume.ts";
import { restoreIntoRegistry } from "../recovery/restore-into-registry.ts";
import type { TakingBack } from "../recovery/undo-image.ts";
import { leaseHeld } from "./apply-refusal.ts";
import type { RecoverySetting, TargetRecovery } from "./recovery-setting.ts";
import { undo, type UndoOptions, type UndoPorts, type UndoReport } from "./undo.ts";

export { findRecorded } from "./restore-recorded.ts";

/** Gives the image or the volume of a bin's entry back to the target. */
export async function restoreEntry(
  entry: BinEntry,
  bin: RecoveryBin,
  setting: RecoverySetting,
  signal: AbortSignal,
): Promise<Restored> {
  const { recovery, parts } = setting;
  if (entry.image.volume !== undefined) return restoreVolumeHere(entry, bin, setting, signal);
  return "rebuilder" in recovery
    ? restoreIntoRegistry(entry, { ...recovery, bin }, signal)
    : restoreImage(entry, { ...(await loadingParts(recovery, parts)), bin }, signal);
}

/** Gives back what a run removed; undefined is the latest that removed something. */
export async function undoRemoval(
  runId: string | undefined,
  openBin: UndoPorts["openBin"],
  { recovery, parts, readKey, openJournal }: RecoverySetting,
  options: UndoOptions,
): Promise<UndoReport> {
  const { recreator, leases } = parts;
  const { openVolumes } = recovery;
  const ports: UndoPorts = {
    ...(await takingBack(recovery, parts)),
    openBin,
    targetKey: await readKey(),
    journal: openJournal(),
    leases,
    ...(recreator === undefined ? {} : { recreator }),
    ...(openVolumes === undefined ? {} : { openVolumes }),
  };
  return undo(runId, ports, options);
}

/** Volumes are read and filled only under the target's lease. */
async function restoreVolumeHere(
  entry: BinEntry,
  bin: RecoveryBin,
  { recovery, parts, readKey }: RecoverySetting,
  signal: AbortSignal,
): Promise<Restored> {
  const { openVolumes } = recovery;
  if (openVolumes === undefined)
    throw new RestoreVolumeError("it is a volume, and this target has none");
  const lease = parts.leases.acquire(await readKey());
  if (!lease.granted) throw leaseHeld(lease.holder);
  try {
    const volumes = await openVolumesForRun(openVolumes);
    try {
      return await restoreVolume(entry, bin, volumes, signal);
    } finally {
      await volumes.close();
    }
  } finally {
    lease.release();
  }
}

async function takingBack(
  recovery: TargetRecovery,
  parts: RecoverySetting["parts"],
): Promise<TakingBack> {
  if ("rebuilder" in recovery) {
    const { rebuilder, openLookup } = recovery;
    return { rebuilder, openLookup };
  }
  const { transfer } = parts;
  return {
    ...(await loadingParts(recovery, parts)),
    ...(transfer === undefined
      ? {}
      : { pull: (...pulled: Parameters<typeof transfer.pull>) => transfer.pull(...pulled) }),
  };
}

async function loadingParts(
  { writer, names, openLookup }: Extract<TargetRecovery, { writer: unknown }>,
  { openRemover }: RecoverySetting["parts"],
): Promise<Omit<RestoreParts, "bin">> {
  const remover = await openRemover();
  return {
    writer,
    names,
    openLookup,
    resolveReference: (reference) => remover.resolveReference(reference),
    isThere: async (id) => (await remover.currentImage(id)) !== undefined,
    discard: async (id) => {
      const [left] = await remover.stillListed([id]);
      if (left !== undefined) await remover.deleteImage(left, []);
    },
  };
}
