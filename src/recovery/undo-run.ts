import { messageOf } from "../apply/recheck.ts";
import { familiarName } from "../oci/reference.ts";
import type { Action, ActionKind, Plan } from "../plan/plan.ts";
import type { Recreation, Recreator, RemovedRecord } from "../ports/removed-record.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { undoImage, type UndoImageParts } from "./undo-image.ts";
import { undone, type Undone, type UndoStep } from "./undo-step.ts";

/** A run as the journal has it. */
export interface UndoableRun {
  readonly plan: Plan;
  readonly outcomes: readonly ActionOutcome[];
  /** By position in `plan.actions`. */
  readonly recordOf: (index: number) => RemovedRecord | undefined;
}

export interface UndoParts extends UndoImageParts {
  /** Absent where there is nothing but images. */
  readonly recreator?: Recreator;
}

/** A container is made of an image by its name and attached to networks: those come first. */
const ORDER: readonly ActionKind[] = [
  "delete-image",
  "untag",
  "remove-network",
  "remove-container",
  "remove-volume",
  "prune-build-cache",
];

/** Brings back what a run has removed; what is there already is left as it is. Every thing gets one step. */
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

interface Removed {
  readonly action: Action;
  readonly index: number;
}

/** In the order in which it comes back. What a run may have removed is looked at as well. */
function removedBy({ plan, outcomes, recordOf }: UndoableRun): readonly Removed[] {
  const removed = outcomes.flatMap(({ index, state }): Removed[] => {
    const action = plan.actions[index];
    const isRemoved = state === "applied" || state === "unknown";
    return action !== undefined && isRemoved ? [{ action, index }] : [];
  });
  // Containers made later may share the network or the volumes of those made before.
  const madeAt = new Map<number, string>();
  for (const { action, index } of removed) {
    if (action.kind !== "remove-container") continue;
    const at = recordOf(index)?.description["Created"];
    if (typeof at === "string") madeAt.set(index, at);
  }
  return removed.toSorted(
    (a, b) =>
      ORDER.indexOf(a.action.kind) - ORDER.indexOf(b.action.kind) ||
      compareTexts(madeAt.get(a.index) ?? "", madeAt.get(b.index) ?? "") ||
      b.index - a.index,
  );
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
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
        return await giveBack(action.subject, idNow(action.imageId ?? ""), parts);
      case "remove-network":
        return await recreate(record, parts, (recreator, known) =>
          recreator.recreateNetwork(known),
        );
      case "remove-container":
        return await recreate(record, parts, (recreator, known) =>
          recreator.recreateContainer(known, idNow),
        );
      case "remove-volume":
        return undone("beyond", "the content of a volume is not kept");
      case "prune-build-cache":
        return undone("beyond", "a build makes it again");
      default:
        return action.kind satisfies never;
    }
  } catch (error) {
    return undone("failed", messageOf(error));
  }
}

/** A name that was taken from an image that stayed. */
async function giveBack(reference: string, imageId: string, parts: UndoParts): Promise<Undone> {
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
