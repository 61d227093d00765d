import type { Inventory } from "../inventory/inventory.ts";
import { decide } from "../plan/decide.ts";
import type { Plan } from "../plan/plan.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Policy } from "../policy/policy.ts";

export type { Sha256 } from "../plan/fingerprint.ts";

/** Decides what may go. Pure: the same inventory, policy and moment give the same plan, byte for byte. */
export function planRemovals(
  inventory: Inventory,
  policy: Policy,
  now: string,
  sha256: Sha256,
): Plan {
  return decide(inventory, policy, { now, sha256 });
}
