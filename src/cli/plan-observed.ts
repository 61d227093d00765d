import type { Inventory } from "../inventory/inventory.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { requireComparedImages } from "./compared-images.ts";
import { createProgress } from "./view-human/progress.ts";

/** Plans for what is being observed. What planning and showing need is loaded while the target answers. */
export async function planObserved(
  context: CliContext,
  observing: Promise<Inventory>,
  policy: Policy,
  filters: readonly string[] | undefined,
  clock = context.clock,
): Promise<Plan> {
  // A hash of nothing, so that the code for it is there.
  context.sha256([]);
  const [inventory, { planRemovals }, { chooseWaysBack }] = await Promise.all([
    observing,
    import("../operations/plan.ts"),
    import("../operations/choose-ways-back.ts"),
    import("./view-human/view-plan.ts"),
  ]);
  requireComparedImages(context, inventory.images, filters);
  const now = new Date(clock()).toISOString();
  const plan = await planRemovals(inventory, policy, now, context.sha256);
  const progress = createProgress(context.stderr, context.clock);
  try {
    return await chooseWaysBack(plan, policy, inventory, {
      openLookup: () => context.openRegistryLookup(),
      sha256: context.sha256,
      signal: context.signal,
      onProgress: (done, total) => progress.update(`asking registries ${done}/${total}`),
    });
  } finally {
    progress.end();
  }
}
