import type { Digest } from "../oci/digest.ts";
import { familiarName } from "../oci/reference.ts";
import type { Action } from "../plan/plan.ts";
import type { ImageTransfer } from "../ports/image-transfer.ts";
import type { BinEntry } from "../ports/recovery-bin.ts";
import type { RemovedRecord } from "../ports/removed-record.ts";
import { giveNames, type NamesGiven } from "./give-names.ts";
import { undoByRecord, type OpenBin, type RebuildParts } from "./rebuild-image.ts";
import { restoreImage, type RestoreParts } from "./restore-image.ts";
import { undone, type Undone } from "./undo-step.ts";
import { wantedImage } from "./wanted-image.ts";

/** How a target that loads images takes them back. */
export interface LoadingParts extends Omit<RestoreParts, "bin"> {
  /** Absent where nothing is pulled. */
  readonly pull?: ImageTransfer["pull"];
}

/** How a target takes images back: an engine or a layout loads them, a registry has them pushed piece by piece. */
export type TakingBack = LoadingParts | Omit<RebuildParts, "openBin">;

export type UndoImageParts = TakingBack & {
  /** The bin with its entries: listed once, for the list takes longer the more there are. */
  readonly openBin: OpenBin;
};

/** Brings an image back that a run removed: from the bin, else from the registry that had it then. */
export async function undoImage(
  action: Action,
  { planId, record }: { readonly planId: string; readonly record: RemovedRecord | undefined },
  parts: UndoImageParts,
  signal: AbortSignal,
): Promise<Undone> {
  const { subject: id, references, recovery } = action;
  if ("rebuilder" in parts) return undoByRecord(wantedImage(action, record), parts, signal);
  if (await parts.isThere(id))
    return described("there", id, await giveNames(id, references, parts));
  const { bin, entries } = await parts.openBin();
  const entry = latestOf(entries, id, planId);
  if (entry !== undefined) {
    const restored = await restoreImage(entry, { ...parts, bin }, signal);
    const { lostRepoDigests } = restored;
    return {
      ...described("restored", id, restored),
      ...(restored.id === id ? {} : { newId: restored.id }),
      ...(lostRepoDigests.length === 0 ? {} : { lostRepoDigests }),
    };
  }
  switch (recovery.way) {
    case "registry":
      return pullBack(recovery.detail, action, parts, signal);
    case "backup":
      return pullBack(backupOf(record), action, parts, signal);
    case "archive":
      return undone("beyond", "the recovery bin does not have it any more");
    case "record":
      // Engines take the untagged steps of a build along with their last child, before anything is recorded of them.
      return record === undefined
        ? undone("part")
        : undone("beyond", "only what it was is known, not its content");
    case "none":
      return undone("beyond", "no way back was kept for it");
    default:
      return recovery.way satisfies never;
  }
}

/** The one that this run put there; else the latest of the same image, which is the same content. */
function latestOf(entries: readonly BinEntry[], id: Digest, planId: string): BinEntry | undefined {
  const same = entries
    .filter(({ image }) => image.id === id)
    .toSorted((a, b) => (a.image.removedAt < b.image.removedAt ? 1 : -1));
  return same.find(({ image }) => image.planId === planId) ?? same[0];
}

/** The name by digest of what was pushed: the plan knew the repository only. */
function backupOf(record: RemovedRecord | undefined): string | undefined {
  const name = record?.description["backedUpAs"];
  return typeof name === "string" ? name : undefined;
}

async function pullBack(
  repoDigest: string | undefined,
  { subject: id, references }: Action,
  parts: LoadingParts,
  signal: AbortSignal,
): Promise<Undone> {
  if (parts.pull === undefined) return undone("beyond", "this target pulls nothing");
  if (repoDigest === undefined) return undone("beyond", "it is not known where it was pushed to");
  await parts.pull(repoDigest, { signal, onProgress: () => undefined });
  if (await parts.isThere(id))
    return described("restored", id, await giveNames(id, references, parts));
  return undone("failed", `${familiarName(repoDigest)} was pulled, and is another image here`);
}

function described(state: "restored" | "there", id: Digest, { given, taken }: NamesGiven): Undone {
  const details = taken.map(
    ({ reference, by }) =>
      `${familiarName(reference)} means ${by} by now and was left to it; this one is ${id}`,
  );
  if (details.length > 0) return undone("partly", ...details);
  return undone(state === "there" && given.length > 0 ? "restored" : state);
}
