import type { Inventory } from "../inventory/inventory.ts";
import { formatSize } from "../policy/size.ts";
import { likelyArchiveBytes } from "./archive-bytes.ts";
import { putsVolumeBy, type Action, type ExceededLimit, type Plan } from "./plan.ts";

/** Where the bin is, as far as its room goes. */
export interface BinRoom {
  readonly directory: string;
  /** Of its file system, for this user; undefined where it cannot be told. */
  readonly freeBytes?: number;
  /** It is on the disk that the target's images are on. */
  readonly isOnTargetsDisk: boolean;
}

/** Left free on the bin's file system: for the journal, and for everybody else. */
const ROOM_TO_SPARE_BYTES = 64_000_000;

/** What keeps a plan from being carried out because of the room that its images take in the bin. */
export function archiveBrakes(
  plan: Pick<Plan, "actions" | "totals" | "bin">,
  inventory: Inventory,
  room: BinRoom,
  frees: "is the point" | "is not the point",
): readonly ExceededLimit[] {
  const { actions, totals, bin } = plan;
  if (totals.archiveBytes === 0) return [];
  const likely = likelyBytes(actions, totals.archiveBytes, inventory);
  const details: string[] = [];
  const short = missingRoom(actions, room);
  if (short !== undefined) details.push(short);
  const unsaved = tooLargeToSave(actions, inventory);
  if (unsaved !== undefined) details.push(unsaved);
  // A layout's blobs are linked to, or copied as they are: nothing is gained before the bin lets go of them, and nothing lost.
  const isEngine = inventory.target.kind === "engine";
  if (isEngine && frees === "is the point" && room.isOnTargetsDisk && likely >= totals.freesBytes) {
    details.push(
      `the recovery bin would take about ${formatSize(likely)} (at most ${formatSize(totals.archiveBytes)}) of the disk on which ${formatSize(totals.freesBytes)} are freed`,
    );
  }
  if (bin?.atMostBytes !== undefined && likely > bin.atMostBytes) {
    details.push(
      `what goes would take about ${formatSize(likely)} in the recovery bin, of which the policy keeps ${formatSize(bin.atMostBytes)}`,
    );
  }
  return details.map((detail) => ({ limit: "archive", detail }));
}

/** Volumes always come unpacked. */
function likelyBytes(
  actions: readonly Action[],
  atMostBytes: number,
  inventory: Inventory,
): number {
  const volumes = actions
    .filter(putsVolumeBy)
    .reduce((sum, { recovery: { bytes = 0 } }) => sum + bytes, 0);
  return likelyArchiveBytes(atMostBytes - volumes, inventory) + Math.ceil(volumes / 2);
}

/** Images go one after the other: on one disk what an image frees is there for the next. */
export function missingRoom(
  actions: readonly Action[],
  { directory, freeBytes, isOnTargetsDisk }: BinRoom,
): string | undefined {
  if (freeBytes === undefined) return undefined;
  let taken = 0;
  let most = 0;
  for (const { recovery, freesBytes } of actions) {
    taken += recovery.bytes ?? 0;
    most = Math.max(most, taken);
    if (isOnTargetsDisk) taken -= freesBytes;
  }
  if (most === 0 || most + ROOM_TO_SPARE_BYTES <= freeBytes) return undefined;
  return `the recovery bin may take up to ${formatSize(most)}, and ${directory} has ${formatSize(freeBytes)} free`;
}

/** An engine with a graph driver writes the whole archive of an image to its own disk before it gives any of it. */
function tooLargeToSave(actions: readonly Action[], inventory: Inventory): string | undefined {
  const { engine } = inventory;
  if (engine?.imageStore !== "graphdriver" || engine.disk === undefined) return undefined;
  const archived = new Set(
    actions.flatMap(({ recovery, subject }) => (recovery.way === "archive" ? [subject] : [])),
  );
  let largest = 0;
  for (const { id, sizeBytes } of inventory.images)
    if (archived.has(id)) largest = Math.max(largest, sizeBytes);
  const { freeBytes } = engine.disk;
  return largest <= freeBytes
    ? undefined
    : `the engine needs ${formatSize(largest)} of its own disk to hand out the largest image, and ${formatSize(freeBytes)} are free`;
}
