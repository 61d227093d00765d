import type { Inventory } from "../inventory/inventory.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Plan } from "../plan/plan.ts";
import type { Policy } from "../policy/policy.ts";
import type { CliContext } from "./cli-context.ts";
import { foreignEvidence } from "./foreign-use.ts";
import { requireComparedImages } from "./compared-images.ts";
import { recoverySources } from "./recovery-sources.ts";
import { createProgress } from "./view-human/progress.ts";

export interface PlanningOptions {
  readonly policy: Policy;
  readonly filters: readonly string[] | undefined;
  /** Absent for a saved inventory. */
  readonly session?: TargetSession | undefined;
  /** What hosts use, saved with a saved inventory. */
  readonly inUse?: string | undefined;
  /** The bin that the user has named, as an absolute path. */
  readonly binDirectory?: string | undefined;
  readonly clock?: CliContext["clock"];
}

/** Plans for what is being observed. What planning and showing need is loaded while the target answers. */
export async function planObserved(
  context: CliContext,
  observing: Promise<Inventory>,
  { policy, filters, session, inUse, binDirectory, clock = context.clock }: PlanningOptions,
): Promise<Plan> {
  // A hash of nothing, so that its code is there: to open an engine has loaded it already, nothing else has.
  context.sha256([]);
  const [inventory, { foreignUse }, { planRemovals }, { chooseWaysBack }] = await Promise.all([
    observing,
    foreignEvidence(context, policy, observing, { session, inUse }),
    import("../operations/plan.ts"),
    import("../operations/choose-ways-back.ts"),
    import("./view-human/view-plan.ts"),
  ]);
  requireComparedImages(context, inventory.images, filters);
  const now = new Date(clock()).toISOString();
  const progress = createProgress(context.stderr, context.clock);
  try {
    return await chooseWaysBack({
      plan: (withheld) =>
        planRemovals(inventory, policy, now, context.sha256, withheld, foreignUse),
      policy,
      inventory,
      sources: recoverySources(context, inventory.target, session, binDirectory),
      frees: "is the point",
      sha256: context.sha256,
      signal: context.signal,
      onProgress: (step, done, total) => progress.update(`${step} ${done}/${total}`),
    });
  } finally {
    progress.end();
  }
}
