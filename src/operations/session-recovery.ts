import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { ImageContentWriter } from "../ports/image-content.ts";
import type { ImageRebuilder } from "../ports/image-rebuilder.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import type { ApplyPorts } from "./apply.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
import type { SessionRecovery } from "./target-session.ts";
import type { UndoPorts } from "./undo.ts";

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

/** How a target gives back what was removed from it. What does so is loaded only then. */
export function sessionRecovery(setting: RecoverySetting): SessionRecovery {
  const { recovery, readKey, openJournal } = setting;
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
      const { restoreEntry } = await import("./take-back.ts");
      return restoreEntry(entry, await openBin(binDirectory), setting, signal);
    },
    ...("rebuilder" in recovery
      ? {
          findRecorded: async (text, choice, binDirectory) => {
            tookBack = true;
            const { findRecorded } = await import("./take-back.ts");
            const bin = await openBin(binDirectory);
            const ports = { ...recovery, bin, journal: openJournal(), targetKey: await readKey() };
            return findRecorded(text, choice, ports);
          },
        }
      : {}),
    undo: async (runId, options) => {
      tookBack = true;
      const { undoRemoval } = await import("./take-back.ts");
      return undoRemoval(runId, openBin, setting, options);
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
