import type { Action, ActionKind, Plan } from "../plan/plan.ts";
import type { RemovedRecord } from "../ports/removed-record.ts";
import type { ActionOutcome } from "../ports/run-journal.ts";
import { recordedImage } from "./wanted-image.ts";

/** A run as the journal has it. */
export interface UndoableRun {
  readonly plan: Plan;
  readonly outcomes: readonly ActionOutcome[];
  /** By position in `plan.actions`. */
  readonly recordOf: (index: number) => RemovedRecord | undefined;
}

export interface Removed {
  readonly action: Action;
  readonly index: number;
}

/** A container is made of an image by its name, attached to networks and mounts volumes: those come first. */
const ORDER: readonly ActionKind[] = [
  "delete-image",
  "untag",
  "remove-network",
  "remove-volume",
  "remove-container",
  "prune-build-cache",
];

/** What a run has removed, in the order in which it comes back. What it may have removed is looked at as well. */
export function removedBy(run: UndoableRun): readonly Removed[] {
  const removed = run.outcomes.flatMap((outcome): Removed[] => {
    const action = run.plan.actions[outcome.index];
    return action !== undefined && mayBeOurs(outcome, run)
      ? [{ action, index: outcome.index }]
      : [];
  });
  const madeAt = madeMoments(removed, run);
  const levels = imageLevels(removed, run);
  return removed.toSorted(
    (a, b) =>
      ORDER.indexOf(a.action.kind) - ORDER.indexOf(b.action.kind) ||
      (levels.get(a.index) ?? 0) - (levels.get(b.index) ?? 0) ||
      compareTexts(madeAt.get(a.index) ?? "", madeAt.get(b.index) ?? "") ||
      b.index - a.index,
  );
}

/**
 * What was there when it was written down, and gone when it was to be deleted, went along with what it hung on, or by a
 * request of ours whose answer was lost.
 */
function mayBeOurs({ state, index }: ActionOutcome, { recordOf }: UndoableRun): boolean {
  if (state === "applied" || state === "unknown") return true;
  const record = state === "gone" ? recordOf(index) : undefined;
  return record !== undefined && recordedImage(record) !== undefined;
}

/** Containers made later may share the network or the volumes of those made before. */
function madeMoments(
  removed: readonly Removed[],
  { recordOf }: UndoableRun,
): ReadonlyMap<number, string> {
  const madeAt = new Map<number, string>();
  for (const { action, index } of removed) {
    if (action.kind !== "remove-container") continue;
    const at = recordOf(index)?.description["Created"];
    if (typeof at === "string") madeAt.set(index, at);
  }
  return madeAt;
}

/** A registry takes a manifest after what it lists; what is attached to one comes after that. By position in the plan. */
function imageLevels(
  removed: readonly Removed[],
  { recordOf }: UndoableRun,
): ReadonlyMap<number, number> {
  const needs = new Map<string, readonly string[]>();
  const positions = new Map<string, number>();
  for (const { action, index } of removed) {
    if (action.kind !== "delete-image" || !mayHaveRecord(action)) continue;
    const { children, subject } = recordOf(index)?.description ?? {};
    const listed = [...(Array.isArray(children) ? children : []), subject];
    needs.set(
      action.subject,
      listed.filter((each) => typeof each === "string"),
    );
    positions.set(action.subject, index);
  }
  const levels = new Map<string, number>();
  const levelOf = (id: string): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    // Digests make no circle; a record that claims one ends here.
    levels.set(id, 0);
    const below = (needs.get(id) ?? []).filter((each) => needs.has(each)).map(levelOf);
    const level = below.length === 0 ? 0 : 1 + Math.max(...below);
    levels.set(id, level);
    return level;
  };
  return new Map([...positions].map(([id, index]) => [index, levelOf(id)]));
}

function mayHaveRecord({ recovery: { way } }: Action): boolean {
  return way === "record" || way === "archive";
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
