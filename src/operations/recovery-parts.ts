import type { BinView } from "../ports/bin-view.ts";
import type { ImageContentReader } from "../ports/image-content.ts";
import type { RecoveryBin } from "../ports/recovery-bin.ts";
import type { RegistryLookup } from "../ports/registry-lookup.ts";
import type { PreviewSave } from "../ports/save-preview.ts";
import type { SpeedLog } from "../ports/speed-log.ts";
import type { VolumeContent } from "../ports/volume-content.ts";

/** What putting images by needs; a target without it cannot give anything back. */
export interface RecoveryParts {
  readonly reader: ImageContentReader;
  /** The user's own bin, or the one in a directory. */
  readonly openBin: (directory?: string) => Promise<RecoveryBin>;
  readonly viewBin: (directory?: string) => Promise<BinView>;
  readonly openLookup: () => Promise<RegistryLookup>;
  /** Absent where any image can be saved. */
  readonly previewSave?: PreviewSave;
  /** Engines only. */
  readonly openVolumes?: () => Promise<VolumeContent>;
  /** Absent where nobody remembers. */
  readonly openSpeeds?: () => Promise<SpeedLog>;
}
