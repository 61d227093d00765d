import type { Inventory } from "../inventory/inventory.ts";
import { decide } from "../plan/decide.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";

/** Hex SHA-256 of a text or of texts one after another. */
export type Sha256 = (chunks: Iterable<string>) => string;

/** Decides what may go. Pure: the same inventory, policy and moment give the same plan, byte for byte. */
export function planRemovals(inventory: Inventory, policy: Policy, now: string, sha256: Sha256): Plan {
  return decide(inventory, policy, { now, sha256 });
}
