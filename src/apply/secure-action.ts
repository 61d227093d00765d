import type { Action } from "../plan/plan.ts";

/** Makes the way back of an action durable; rejects when it cannot be, and then nothing is removed. */
export type SecureAction = (action: Action) => Promise<{ readonly detail: string }>;

/** Whether something has to be put by, asked or written down before the action, as its plan says. */
export function needsSecuring({ recovery: { way } }: Action): boolean {
  return way !== "none";
}
