import type { Inventory } from "../inventory/inventory.ts";
import { storedBlobs } from "./archive-bytes.ts";
import type { Action } from "./plan.ts";

/** Bytes in a second, of all that an image has to be read for on its way. */
export interface RecoverySpeeds {
  /** Into the bin. */
  readonly archiveBytesPerSecond: number;
  /** Into the backup repository. */
  readonly backupBytesPerSecond: number;
}

/** Where nothing was measured yet: layers are packed on two cores, and pushed through 100 Mbit/s. */
export const USUAL_SPEEDS: RecoverySpeeds = {
  archiveBytesPerSecond: 100e6,
  backupBytesPerSecond: 12.5e6,
};

/** Of asking, looking and syncing, however small the image is. */
const IMAGE_MS = 100;

/** The actions with the time that making their ways back is likely to take. */
export function withTimes(
  actions: readonly Action[],
  inventory: Inventory,
  { archiveBytesPerSecond, backupBytesPerSecond }: RecoverySpeeds,
): readonly Action[] {
  const timed = new Set(
    actions.flatMap(({ subject, recovery: { way } }) =>
      way === "archive" || way === "backup" ? [subject] : [],
    ),
  );
  if (timed.size === 0) return actions;
  const isStored = storedBlobs(inventory);
  const wholeBytes = new Map<string, number>();
  for (const { id, blobs } of inventory.images) {
    if (!timed.has(id)) continue;
    const bytes = blobs.reduce(
      (sum, blob) => (isStored(blob) ? sum + (inventory.blobs[blob] ?? 0) : sum),
      0,
    );
    wholeBytes.set(id, bytes);
  }
  const readsPart = readsOnlyWhatIsLacking(inventory);
  return actions.map((action): Action => {
    const { kind, subject, recovery } = action;
    const isVolume = kind === "remove-volume" && recovery.way === "archive";
    const whole = isVolume ? recovery.bytes : wholeBytes.get(subject);
    if (whole === undefined) return action;
    const bytes = recovery.way === "archive" && readsPart ? (recovery.bytes ?? 0) : whole;
    const speed = recovery.way === "archive" ? archiveBytesPerSecond : backupBytesPerSecond;
    const estimatedMs = Math.round(IMAGE_MS + (bytes / speed) * 1000);
    return { ...action, recovery: { ...recovery, estimatedMs } };
  });
}

/**
 * Where layers are read from Docker's own data root, those that the bin has are not read; every other engine hands out the
 * whole image each time.
 */
export function readsOnlyWhatIsLacking({ engine }: Pick<Inventory, "engine">): boolean {
  return (
    engine?.product === "docker" && engine.imageStore === "graphdriver" && engine.disk !== undefined
  );
}
