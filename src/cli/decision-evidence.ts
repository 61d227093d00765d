import type { Inventory } from "../inventory/inventory.ts";
import type { DecisionEvidence } from "../operations/explain-policy.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { foreignEvidence } from "./foreign-use.ts";
import type { InventoryFlagValues } from "./saved-inventory.ts";

/** What is decided about, and what is decided by besides the policy. */
export interface Decidable {
  readonly inventory: Inventory;
  readonly evidence: DecisionEvidence;
}

/** For commands that explain or compare decisions. `session` is absent for a saved inventory. */
export async function gatherEvidence(
  context: CliContext,
  policy: Policy,
  { inUse }: InventoryFlagValues,
  taken: {
    readonly observing: Promise<Inventory>;
    readonly session?: TargetSession | undefined;
    readonly nowMs: number;
  },
): Promise<Decidable> {
  const { observing, session, nowMs } = taken;
  const [inventory, foreign] = await Promise.all([
    observing,
    foreignEvidence(context, policy, observing, { session, inUse }),
  ]);
  const now = new Date(nowMs).toISOString();
  return { inventory, evidence: { now, sha256: context.sha256, ...foreign } };
}
