import type { Action, Kept } from "./plan.ts";
import type { Reason } from "./reason.ts";

/** What was decided about resources of one kind, in a fixed order. */
export interface ResourceDecisions {
  readonly actions: Action[];
  readonly kept: Kept[];
}

/** The answer about one resource: why it stays, or the rule by which it goes and why. */
export type Judged = { readonly keep: Reason } | { readonly rule: string; readonly reason: string };

/** A resource as plans name it, and what its removal would be. */
type Removal = Pick<Action, "kind" | "subject" | "references" | "freesBytes" | "wave" | "recovery">;

/** Adds the answer about one resource to the decisions. */
export function addDecision(
  { actions, kept }: ResourceDecisions,
  judged: Judged,
  removal: Removal,
): void {
  const { kind, subject, references, ...effect } = removal;
  if ("keep" in judged) kept.push({ subject, references, reasons: [judged.keep] });
  else actions.push({ kind, subject, references, ...judged, ...effect });
}
