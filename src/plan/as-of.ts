import { fingerprintPlan, type Sha256 } from "./fingerprint.ts";
import type { Plan } from "./plan.ts";

/** Marks a plan as one for another moment than the present: to be looked at, not to be carried out. */
export function asOfLater(plan: Plan, sha256: Sha256): Plan {
  const { id: _id, ...body } = plan;
  const marked = {
    ...body,
    asOf: plan.now,
    notes: [...plan.notes, "decided for another moment than the present: it cannot be applied"],
  };
  return { id: fingerprintPlan(marked, sha256), ...marked };
}

/** Clocks of two machines may differ by so much. */
const CLOCK_SKEW_MS = 300_000;

/** The moment that a plan looks ahead to: by its mark, or because that moment has not come. Such a plan is not carried out. */
export function looksAheadTo(plan: Plan, nowMs: number): string | undefined {
  if (plan.asOf !== undefined) return plan.asOf;
  return Date.parse(plan.now) > nowMs + CLOCK_SKEW_MS ? plan.now : undefined;
}
