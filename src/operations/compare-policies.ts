import { createContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { comparePlans, type PlanComparison } from "../plan/compare-plans.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { DecisionEvidence } from "./explain-policy.ts";
import { planRemovals } from "./plan.ts";

/** What another policy would change, with both plans. */
export interface PolicyComparison extends PlanComparison {
  readonly old: Plan;
  readonly new: Plan;
}

/** Plans by both policies for the same inventory and moment, and compares. */
export async function comparePolicies(
  inventory: Inventory,
  old: Policy,
  next: Policy,
  { now, sha256, foreignUse }: DecisionEvidence,
): Promise<PolicyComparison> {
  const plan = (policy: Policy): Promise<Plan> =>
    planRemovals(inventory, policy, now, sha256, undefined, foreignUse);
  const oldPlan = await plan(old);
  const newPlan = await plan(next);
  return {
    old: oldPlan,
    new: newPlan,
    ...comparePlans(oldPlan, newPlan, inventory, createContentGraph(inventory)),
  };
}
