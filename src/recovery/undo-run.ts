import { messageOf } from "../apply/recheck.ts";
import { familiarName } from "../oci/reference.ts";
import type { Action } from "../plan/plan.ts";
import type { Recreation, Recreator, RemovedRecord } from "../ports/removed-record.ts";
import { undoByRecord } from "./rebuild-image.ts";
import { undoImage, type UndoImageParts } from "./undo-image.ts";
import { removedBy, type Removed, type UndoableRun } from "./undo-order.ts";
import { undoVolume, type UndoVolumeParts } from "./undo-volume.ts";
import { undone, type Undone, type UndoStep } from "./undo-step.ts";
import { wantedImage } from "./wanted-image.ts";

export type UndoParts = UndoImageParts &
  UndoVolumeParts & {
    /** Absent where there is nothing but images. */
    readonly recreator?: Recreator;
  };

/** Brings back what a run has removed; what is there already is left as it is. Each thing gets one step. */
export async function undoRun(
  run: UndoableRun,
  parts: UndoParts,
  signal: AbortSignal,
  onStep: (step: UndoStep, total: number) => void,
): Promise<readonly UndoStep[]> {
  const removed = removedBy(run);
  const steps: UndoStep[] = [];
  const newIds = new Map<string, string>();
  for (const item of removed) {
    const { action, index } = item;
    const ended = await undoOne(item, run, newIds, parts, signal);
    if (ended.newId !== undefined) newIds.set(action.subject, ended.newId);
    const { kind, subject, references } = action;
    const step: UndoStep = { index, kind, subject, references, ...ended };
    steps.push(step);
    onStep(step, removed.length);
  }
  return steps;
}

async function undoOne(
  { action, index }: Removed,
  { plan, recordOf }: UndoableRun,
  newIds: ReadonlyMap<string, string>,
  parts: UndoParts,
  signal: AbortSignal,
): Promise<Undone> {
  if (signal.aborted) return undone("failed", "stopped before it");
  const record = recordOf(index);
  const idNow = (id: string): string => newIds.get(id) ?? id;
  try {
    switch (action.kind) {
      case "delete-image":
        return await undoImage(action, { planId: plan.id, record }, parts, signal);
      case "untag":
        return await giveNameBack(action, record, idNow(action.imageId ?? ""), parts, signal);
      case "remove-network":
        return await recreate(record, parts, (recreator, known) =>
          recreator.recreateNetwork(known),
        );
      case "remove-container":
        return await recreate(record, parts, (recreator, known) =>
          recreator.recreateContainer(known, idNow),
        );
      case "remove-volume":
        return await undoVolume(action, plan.id, parts, signal);
      case "prune-build-cache":
        return undone("beyond", "a build makes it again");
      default:
        return action.kind satisfies never;
    }
  } catch (error) {
    return undone("failed", messageOf(error), ...hintOf(error));
  }
}

/** What to do next, where the error says so. */
function hintOf(error: unknown): readonly string[] {
  const isHint = error instanceof Error && "hint" in error && typeof error.hint === "string";
  return isHint && error.hint !== "" ? [error.hint as string] : [];
}

/** A name that was taken from an image that stayed; in a registry that one may have gone since. */
async function giveNameBack(
  action: Action,
  record: RemovedRecord | undefined,
  imageId: string,
  parts: UndoParts,
  signal: AbortSignal,
): Promise<Undone> {
  if ("rebuilder" in parts) return undoByRecord(wantedImage(action, record), parts, signal);
  const { subject: reference } = action;
  const meaning = await parts.resolveReference(reference);
  if (meaning === imageId) return undone("there");
  if (meaning !== undefined)
    return undone("taken", `${familiarName(reference)} means ${meaning} by now and was left to it`);
  if (!(await parts.isThere(imageId))) return undone("failed", `${imageId} is not there any more`);
  await parts.names.tag(imageId, reference);
  return undone("restored");
}

async function recreate(
  record: RemovedRecord | undefined,
  { recreator }: UndoParts,
  make: (recreator: Recreator, record: RemovedRecord) => Promise<Recreation>,
): Promise<Undone> {
  if (record === undefined || recreator === undefined)
    return undone("beyond", "nothing was recorded of it");
  const made = await make(recreator, record);
  switch (made.kind) {
    case "made":
      return {
        ...undone(made.details.length === 0 ? "restored" : "partly", ...made.details),
        newId: made.id,
      };
    case "there":
      return undone("there");
    case "taken":
      return undone("taken", `another one has the name ${record.name} by now: ${made.by}`);
    default:
      return made satisfies never;
  }
}
