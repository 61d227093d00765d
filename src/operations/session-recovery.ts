import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import { restoreImage, type RestoreParts } from "../recovery/restore-image.ts";
import type { ApplyPorts } from "./apply.ts";
import type { RecoveryParts } from "./secure-images.ts";
import type { SessionRecovery } from "./target-session.ts";
import { undo, type UndoPorts } from "./undo.ts";

/** What a session has at hand for it. */
export interface RecoverySetting {
  readonly recovery: RecoveryParts & Pick<RestoreParts, "writer" | "names">;
  readonly parts: Pick<UndoPorts, "leases" | "recreator"> & {
    readonly openRemover: () => Promise<ApplyPorts["remover"]>;
    readonly transfer?: ImageTransfer;
  };
  readonly readKey: () => Promise<string>;
  readonly openJournal: () => RunJournal;
}

/** How a target gives back what was removed from it. */
export function sessionRecovery({
  recovery,
  parts,
  readKey,
  openJournal,
}: RecoverySetting): SessionRecovery {
  const { writer, names, viewBin, previewSave } = recovery;
  const bins = new Map<string | undefined, Promise<RecoveryBin>>();
  const openBin = (directory?: string): Promise<RecoveryBin> => {
    const opened = bins.get(directory) ?? recovery.openBin(directory);
    bins.set(directory, opened);
    return opened;
  };
  const restoreParts = async (): Promise<Omit<RestoreParts, "bin">> => {
    const remover = await parts.openRemover();
    return {
      writer,
      names,
      resolveReference: (reference) => remover.resolveReference(reference),
      isThere: async (id) => (await remover.currentImage(id)) !== undefined,
      discard: async (id) => {
        const [left] = await remover.stillListed([id]);
        if (left !== undefined) await remover.deleteImage(left, []);
      },
    };
  };
  return {
    openBin,
    viewBin,
    ...(previewSave === undefined ? {} : { previewSave }),
    restore: async (entry, signal, binDirectory) => {
      const bin = await openBin(binDirectory);
      return restoreImage(entry, { ...(await restoreParts()), bin }, signal);
    },
    undo: async (runId, options) => {
      const { transfer, recreator, leases } = parts;
      const ports = {
        ...(await restoreParts()),
        openBin,
        targetKey: await readKey(),
        journal: openJournal(),
        leases,
        ...(transfer === undefined
          ? {}
          : { pull: (...pulled: Parameters<typeof transfer.pull>) => transfer.pull(...pulled) }),
        ...(recreator === undefined ? {} : { recreator }),
      };
      return undo(runId, ports, options);
    },
  };
}
