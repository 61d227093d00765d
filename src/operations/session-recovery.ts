import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RecoverySetting } from "./recovery-setting.ts";
import type { SessionRecovery } from "./target-session.ts";

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
