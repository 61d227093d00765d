import type { ImageContentWriter } from "../ports/image-content.ts";
import type { ImageRebuilder } from "../ports/image-rebuilder.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { RunJournal } from "../ports/run-journal.ts";
import type { ApplyPorts } from "./apply.ts";
import type { RecoveryParts } from "./recovery-parts.ts";
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
