import type { Action, Kept } from "./plan.ts";

/** What was decided about resources of one kind, in a fixed order. */
export interface ResourceDecisions {
  readonly actions: Action[];
  readonly kept: Kept[];
}
