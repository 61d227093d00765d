import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { ImageContentWriter } from "../ports/image-content.ts";
import type { ImageRebuilder } from "../ports/image-rebuilder.ts";
import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import { openVolumesForRun } from "../recovery/open-volumes.ts";
import { restoreImage, type RestoreParts, type Restored } from "../recovery/restore-image.ts";
import { restoreVolume, RestoreVolumeError } from "../recovery/restore-volume.ts";
import { restoreIntoRegistry } from "../recovery/restore-into-registry.ts";
import type { TakingBack } from "../recovery/undo-image.ts";
import type { ApplyPorts } from "./apply.ts";
import { leaseHeld } from "./apply-refusal.ts";
import { findRecorded } from "./restore-recorded.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
import type { SessionRecovery } from "./target-session.ts";
import { undo, type UndoPorts } from "./undo.ts";

/** How images are put by and taken back: an engine or a layout loads them, a registry has them pushed piece by piece. */
export type TargetRecovery = RecoveryParts &
  (
    | { readonly writer: ImageContentWriter; readonly names: Pick<ImageTransfer, "tag"> }
    | { readonly registry: string; readonly rebuilder: ImageRebuilder }
  );

/** What a session has at hand for it. */
export interface RecoverySetting {
  readonly recovery: TargetRecovery;
  readonly parts: Pick<UndoPorts, "leases" | "recreator"> & {
    readonly openRemover: () => Promise<ApplyPorts["remover"]>;
    readonly transfer?: ImageTransfer;
  };
  readonly readKey: () => Promise<string>;
  readonly openJournal: () => RunJournal;
}

/** How a target gives back what was removed from it. */
export function sessionRecovery(setting: RecoverySetting): SessionRecovery {
  const { recovery, parts, readKey, openJournal } = setting;
  const { viewBin, previewSave, openSpeeds, openVolumes } = recovery;
  const bins = new Map<string | undefined, Promise<RecoveryBin>>();
  let tookBack = false;
  const openBin = (directory?: string): Promise<RecoveryBin> => {
    const opened = bins.get(directory) ?? recovery.openBin(directory);
    bins.set(directory, opened);
    return opened;
  };
  return {
    openBin,
    viewBin,
    ...(previewSave === undefined ? {} : { previewSave }),
    ...(openSpeeds === undefined ? {} : { openSpeeds }),
    ...(openVolumes === undefined
      ? {}
      : { previewVolumes: async (...asked) => (await openVolumes()).preview(...asked) }),
    restore: async (entry, signal, binDirectory) => {
      tookBack = true;
      const bin = await openBin(binDirectory);
      if (entry.image.volume !== undefined) return restoreVolumeHere(entry, bin, setting, signal);
      return "rebuilder" in recovery
        ? restoreIntoRegistry(entry, { ...recovery, bin }, signal)
        : restoreImage(entry, { ...(await loadingParts(recovery, parts)), bin }, signal);
    },
    ...("rebuilder" in recovery
      ? {
          findRecorded: async (text, choice, binDirectory) => {
            const bin = await openBin(binDirectory);
            tookBack = true;
            const ports = { ...recovery, bin, journal: openJournal(), targetKey: await readKey() };
            return findRecorded(text, choice, ports);
          },
        }
      : {}),
    undo: async (runId, options) => {
      tookBack = true;
      const { recreator, leases } = parts;
      return undo(
        runId,
        {
          ...(await takingBack(recovery, parts)),
          openBin,
          targetKey: await readKey(),
          journal: openJournal(),
          leases,
          ...(recreator === undefined ? {} : { recreator }),
          ...(openVolumes === undefined ? {} : { openVolumes }),
        },
        options,
      );
    },
    // Several images often stand on one base: it is fetched once for them all.
    settle: async () => {
      if (!tookBack) return;
      for (const opening of bins.values()) {
        const bin = await opening;
        const entries = await bin.entries();
        if (entries.some(({ inRegistry }) => inRegistry !== undefined)) await bin.remove([]);
      }
    },
  };
}

/** What reads and fills volumes goes by the target's lease. */
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
