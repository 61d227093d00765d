import type { Inventory } from "../inventory/inventory.ts";
import { decide } from "../plan/decide.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Plan } from "../plan/plan.ts";
import { criteriaOf } from "../policy/keep-rules.ts";
import type { Policy } from "../policy/policy.ts";

export type { Sha256 } from "../plan/fingerprint.ts";

/** Decides what may go. The same inventory, policy and moment give the same plan, byte for byte. */
export async function planRemovals(
  inventory: Inventory,
  policy: Policy,
  now: string,
  sha256: Sha256,
): Promise<Plan> {
  if (!hasTagPatterns(policy)) return decide(inventory, policy, { now, sha256 });
  // The library of regular expressions takes longer to load than most plans take to make.
  const { compileTagPattern } = await import("../policy/tag-pattern.ts");
  return decide(inventory, policy, { now, sha256, compileTagPattern });
}

function hasTagPatterns(policy: Policy): boolean {
  const criteria = policy.images.flatMap(({ keep }) => criteriaOf(keep));
  return criteria.some(({ per }) => typeof per === "object");
}
