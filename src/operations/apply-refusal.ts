import type { ExceededLimit, Plan } from "../plan/plan.ts";
import type { Target } from "../inventory/inventory.ts";
import type { LeaseHolder } from "../ports/lease.ts";
import type { RunSummary } from "../ports/run-journal.ts";

/**
 * `unknown-plan`: the document is no plan that this version knows; `as-of`: it decides for another moment than the
 * present; `stale-use`: what other hosts use was asked too long ago; `other-target`: made for another target;
 * `archive`: the recovery bin has no room for what goes, or would take as much as is freed, which no flag passes over;
 * `beyond-limits`: nobody is there to answer for what the policy's brakes are about; `already-applied`: the plan has a
 * run; `lease-held`: another process applies to this target.
 */
export type ApplyRefusalKind =
  | "unknown-plan"
  | "as-of"
  | "stale-use"
  | "other-target"
  | "archive"
  | "beyond-limits"
  | "already-applied"
  | "lease-held";

/** Why a plan was not applied. Nothing was removed. */
export class ApplyRefusal extends Error {
  override readonly name = "ApplyRefusal";
  readonly kind: ApplyRefusalKind;
  readonly hint: string;

  constructor(kind: ApplyRefusalKind, message: string, hint: string) {
    super(message);
    this.kind = kind;
    this.hint = hint;
  }
}

export function unknownPlan(schema: unknown, known: string): ApplyRefusal {
  return new ApplyRefusal(
    "unknown-plan",
    `the plan has the schema ${JSON.stringify(schema)}; this version knows ${known}`,
    "Apply it with the version that made it, or make a new plan with this one.",
  );
}

export function notForNow(moment: string): ApplyRefusal {
  return new ApplyRefusal(
    "as-of",
    `the plan shows what would go at ${moment} if nothing changed until then; it is only to be looked at`,
    "Make a plan of the present, without --at.",
  );
}

export function staleUse(hosts: readonly string[], now: string): ApplyRefusal {
  return new ApplyRefusal(
    "stale-use",
    `what is in use on ${hosts.join(", ")} was asked at ${now}, more than an hour ago; something may have been started since`,
    "Make a new plan: it asks them again.",
  );
}

export function otherTarget(plan: Plan, target: Target): ApplyRefusal {
  return new ApplyRefusal(
    "other-target",
    `the plan was made for ${plan.target.kind} ${plan.target.address}, and this is ${target.kind} ${target.address}`,
    "Name the plan's target with --target, or make a new plan for this one.",
  );
}

export function beyondLimits(exceeds: readonly ExceededLimit[]): ApplyRefusal {
  const details = exceeds.map(({ limit, detail }) => `${detail} (${limit})`).join("; ");
  return new ApplyRefusal(
    "beyond-limits",
    `the plan goes beyond the policy's limits: ${details}`,
    "Look at the plan; if that is what you want, apply it with --beyond-limits.",
  );
}

export function archiveRefused(details: readonly string[]): ApplyRefusal {
  return new ApplyRefusal("archive", details.join("; "), ARCHIVE_ALTERNATIVES);
}

/** Ways on where the bin cannot, or should not, take what goes. */
const ARCHIVE_ALTERNATIVES =
  "Nothing was removed. Put the bin on another disk (--bin DIR), let the policy push to a registry (recovery: { backup: REPOSITORY }), keep only a record of these images (recovery: record on their rules, or --recovery record), or do without a way back (--no-recovery).";

export function alreadyApplied(run: RunSummary): ApplyRefusal {
  return new ApplyRefusal(
    "already-applied",
    `the plan has been applied already (run ${run.id}, ${run.startedAt})`,
    "Make a new plan: it shows what there is to remove now.",
  );
}

export function leaseHeld(holder: LeaseHolder | undefined): ApplyRefusal {
  const who = holder === undefined ? "" : ` (pid ${holder.pid}, since ${holder.since})`;
  return new ApplyRefusal(
    "lease-held",
    `another plimsoll${who} is applying to this target`,
    "Wait until it has ended, then make a new plan.",
  );
}
