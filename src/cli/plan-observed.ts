import type { Inventory } from "../inventory/inventory.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { requireComparedImages } from "./compared-images.ts";

/** Plans for what is being observed. What planning and showing need is loaded while the target answers. */
export async function planObserved(
  context: CliContext,
  observing: Promise<Inventory>,
  policy: Policy,
  filters: readonly string[] | undefined,
  clock = context.clock,
): Promise<Plan> {
  const [inventory, { planRemovals }] = await Promise.all([
    observing,
    import("../operations/plan.ts"),
    import("./view-human/view-plan.ts"),
  ]);
  requireComparedImages(context, inventory.images, filters);
  return planRemovals(inventory, policy, new Date(clock()).toISOString(), context.sha256);
}
