import type { Inventory } from "../inventory/inventory.ts";
import type { PresetPlan, StorageReport } from "../operations/storage-report.ts";
import type { CliContext } from "./cli-context.ts";
import { planWords, suggest } from "./suggest.ts";
import { count, formatPredicted } from "./view-human/view-bytes.ts";

export interface NextStep {
  readonly command: string;
  readonly does: string;
}

const MAX_STEPS = 2;
/** A disk fuller than this (0 to 1) is worth a word although nothing lies idle. */
const FULL_DISK = 0.85;

/** What is worth doing now, the most useful first; every one of them only shows what it would do. */
export function nextSteps(
  context: CliContext,
  target: string | undefined,
  inventory: Inventory,
  { usage, narrow, wide }: StorageReport,
): readonly NextStep[] {
  const step = (does: string, ...words: readonly string[]): NextStep => ({
    command: suggest(context, target, ...words),
    does,
  });
  const planStep = (presetPlan: PresetPlan, noun: string): NextStep => {
    const { plan } = presetPlan;
    const { images, freesBytes } = plan.totals;
    return step(
      `${count(images, noun)}, ${formatPredicted(freesBytes, plan.accuracy)}`,
      ...planWords(presetPlan),
    );
  };
  const steps: NextStep[] = [];
  if (!inventory.complete) steps.push(step("what could not be read, and why", "doctor"));
  if (narrow.plan.totals.images > 0) steps.push(planStep(narrow, "dangling image"));
  if (wide.plan.totals.freesBytes > narrow.plan.totals.freesBytes)
    steps.push(planStep(wide, "image"));
  const idle =
    (usage.containers.idleBytes ?? 0) +
    (usage.volumes.idleBytes ?? 0) +
    (usage.buildCache.idleBytes ?? 0);
  if (idle > 0 || usage.containers.count > usage.containers.inUse) {
    steps.push(
      step(
        "stopped containers, anonymous volumes and build cache as well",
        "plan",
        "--preset",
        "workstation",
      ),
    );
  }
  if (steps.length === 0 && diskShare(inventory) > FULL_DISK)
    steps.push(step("which repositories take most", "df"));
  return steps.slice(0, MAX_STEPS);
}

/** Used share of the disk, 0 to 1; 0 when unknown. */
function diskShare({ engine }: Inventory): number {
  const disk = engine?.disk;
  return disk === undefined || disk.totalBytes === 0 ? 0 : 1 - disk.freeBytes / disk.totalBytes;
}
