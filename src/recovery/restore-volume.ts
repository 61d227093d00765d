import type { BinEntry, RecoveryBin } from "../ports/recovery-bin.ts";
import type { VolumeContent } from "../ports/volume-content.ts";
import type { Restored } from "./restore-image.ts";
import { openStoredVolume } from "./volume-artifact.ts";

/** Why a volume did not come back. The bin still has it. */
export class RestoreVolumeError extends Error {
  override readonly name = "RestoreVolumeError";
  readonly kind = "not-restored";
  readonly hint = "It is still in the recovery bin: plimsoll bin export writes it to a file.";
}

/** Makes a volume of the bin again; nothing leaves the bin meanwhile. */
export async function restoreVolume(
  entry: BinEntry,
  bin: RecoveryBin,
  volumes: VolumeContent,
  signal: AbortSignal,
): Promise<Restored> {
  const { image } = entry;
  const restored = await bin.whileHeld(async () =>
    volumes.restore(await openStoredVolume(bin, entry), signal),
  );
  if (restored.kind === "taken")
    throw new RestoreVolumeError(`${restored.by} has the name by now, and was left alone`);
  return {
    image,
    id: image.id,
    wasThere: restored.kind === "there",
    references: [],
    given: [],
    taken: [],
    lostRepoDigests: [],
    ...(restored.kind === "made" ? { details: restored.details } : {}),
  };
}
