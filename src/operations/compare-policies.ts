import { createContentGraph } from "../inventory/content-graph.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { comparePlans, type PlanComparison } from "../plan/compare-plans.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

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
  now: string,
  sha256: Sha256,
): Promise<PolicyComparison> {
  const oldPlan = await planRemovals(inventory, old, now, sha256);
  const newPlan = await planRemovals(inventory, next, now, sha256);
  return {
    old: oldPlan,
    new: newPlan,
    ...comparePlans(oldPlan, newPlan, inventory, createContentGraph(inventory)),
  };
}
