import type { ForeignUse } from "../inventory/foreign-use.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { decide } from "../plan/decide.ts";
import type { Sha256 } from "../plan/fingerprint.ts";
import type { Withheld } from "../plan/image-facts.ts";
import type { Plan } from "../plan/plan.ts";
import { libraryNeeds } from "../policy/library-needs.ts";
import type { Policy } from "../policy/policy.ts";
import { loadLibraries } from "./load-libraries.ts";

export type { Sha256 } from "../plan/fingerprint.ts";

/** Decides what may go. The same inventory, policy and moment give the same plan, byte for byte. */
export async function planRemovals(
  inventory: Inventory,
  policy: Policy,
  now: string,
  sha256: Sha256,
  withheld?: Withheld,
  foreignUse?: ForeignUse,
): Promise<Plan> {
  const libraries = await loadLibraries(libraryNeeds(policy));
  return decide(inventory, policy, {
    now,
    sha256,
    libraries,
    ...(withheld === undefined ? {} : { withheld }),
    ...(foreignUse === undefined ? {} : { foreignUse }),
  });
}
