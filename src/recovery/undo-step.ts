import type { ActionKind } from "../plan/plan.ts";

/**
 * What became of one thing that a run had removed. `restored`: it is back; `partly`: without something that it had;
 * `there`: it was there already; `part`: an image that was only a step in the build of another one, whose content comes back
 * with that; `taken`: its name means something else by now, which was left alone; `beyond`: nothing
 * brings it back; `failed`: it could not be brought back now.
 */
export type UndoState = "restored" | "partly" | "there" | "part" | "taken" | "beyond" | "failed";

export interface UndoStep {
  /** Position in the plan of the run. */
  readonly index: number;
  readonly kind: ActionKind;
  readonly subject: string;
  readonly references: readonly string[];
  readonly state: UndoState;
  /** Its ID now, where that is another one. */
  readonly newId?: string;
  /** Names by digest that the target does not know any more; a pull gives them back where their registry has them. */
  readonly lostRepoDigests?: readonly string[];
  /** What is not as it was and why, a sentence each. */
  readonly details: readonly string[];
}

/** A step before it is known whose it is. */
export type Undone = Pick<UndoStep, "state" | "details" | "newId" | "lostRepoDigests">;

export function undone(state: UndoState, ...details: readonly string[]): Undone {
  return { state, details };
}

export function isBack({ state }: Pick<UndoStep, "state">): boolean {
  return state === "restored" || state === "there" || state === "part";
}
