import type { Inventory } from "../inventory/inventory.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Plan } from "../plan/plan.ts";
import { withRecovery } from "../plan/with-recovery.ts";
import type { Policy } from "../policy/policy.ts";

/** Chooses how what a plan removes comes back, where its policy speaks of it. */
export function chooseWaysBack(
  plan: Plan,
  policy: Policy,
  inventory: Inventory,
  sha256: Sha256,
): Plan {
  const isAsked =
    policy.recovery !== undefined || policy.images.some(({ recovery }) => recovery !== undefined);
  if (!isAsked) return plan;
  const noArchive =
    inventory.target.kind === "engine"
      ? {}
      : { noArchive: `images of a ${inventory.target.kind} cannot be put into the bin yet` };
  return withRecovery(plan, policy, inventory, { inRegistry: new Map(), ...noArchive }, sha256);
}
