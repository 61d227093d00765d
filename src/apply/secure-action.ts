import type { Action } from "../plan/plan.ts";

/** An action whose way back is durable. */
export interface Secured {
  /** Where the image is besides: the name by digest to pull it by, or a place in words. */
  readonly detail: string;
  /** When securing it has given the image a name, which it has lost again: later than this it was somebody else. RFC 3339. */
  readonly namedByUsAt?: string;
}

/** Makes the way back of an action durable; rejects when it cannot be, and then nothing is removed. */
export type SecureAction = (action: Action) => Promise<Secured>;

/** Whether something has to be put by, asked or written down before the action, as its plan says. */
export function needsSecuring({ recovery: { way } }: Action): boolean {
  return way !== "none";
}
