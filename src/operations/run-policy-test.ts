import { compareOutcome, type Comparison } from "../plan/testing/compare-outcome.ts";
import type { Policy } from "../policy/policy.ts";
import { inventoryOf } from "../policy/testing/host-inventory.ts";
import type { PolicyTest } from "../policy/testing/policy-test.ts";
import { planRemovals, type Sha256 } from "./plan.ts";

/** Plans for the host that a test describes, at its time, and compares the plan with what the test expects. */
export async function runPolicyTest(
  test: PolicyTest,
  policy: Policy,
  sha256: Sha256,
): Promise<Comparison> {
  const plan = await planRemovals(inventoryOf(test.host, test.now), policy, test.now, sha256);
  return compareOutcome(test, plan);
}
