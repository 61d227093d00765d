import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { planRemovals } from "../src/operations/plan.ts";
import { presetPolicy } from "../src/policy/presets.ts";
import { madeInventory, sha256 } from "./made-inventory.ts";

const NOW = "2026-06-01T00:00:00Z";
const SIZES = [10_000, 1_000_000] as const;
const PRESETS = ["unused", "production"] as const;

interface Measured {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly actions: number;
}

/** Plans once in this process and prints what it took. */
async function planOnce(count: number, preset: string): Promise<Measured> {
  const inventory = madeInventory(count, NOW);
  const policy = presetPolicy(preset);
  if (policy === undefined) throw new Error(`no preset ${preset}`);
  const started = performance.now();
  const plan = await planRemovals(inventory, policy, NOW, sha256);
  const seconds = (performance.now() - started) / 1000;
  if (
    plan.totals.images + plan.kept.filter(({ subject }) => subject.startsWith("sha256:")).length !==
    count
  )
    throw new Error("an image has no decision");
  return {
    seconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    actions: plan.actions.length,
  };
}

/** Each size in a process of its own, so that one does not warm or burden the other; the best of `runs`. */
function measure(count: number, preset: string, runs: number): Measured {
  let best: Measured | undefined;
  for (let run = 0; run < runs; run += 1) {
    const child = spawnSync(process.execPath, [
      "--max-old-space-size=4096",
      fileURLToPath(import.meta.url),
      String(count),
      preset,
    ]);
    if (child.status !== 0)
      throw new Error(`planning ${count} images failed: ${child.stderr.toString()}`);
    const measured = JSON.parse(child.stdout.toString()) as Measured;
    if (best === undefined || measured.seconds < best.seconds) best = measured;
  }
  if (best === undefined) throw new Error("nothing was measured");
  return best;
}

const [count, preset] = process.argv.slice(2);
if (count !== undefined && preset !== undefined) {
  process.stdout.write(JSON.stringify(await planOnce(Number(count), preset)));
} else {
  for (const each of PRESETS) {
    const [small, large] = SIZES.map((size) => measure(size, each, 3)) as [Measured, Measured];
    const perImage = large.seconds / SIZES[1] / (small.seconds / SIZES[0]);
    process.stdout.write(
      `core, preset ${each}: 10,000 images ${(small.seconds * 1000).toFixed(0)} ms; 1,000,000 images ` +
        `${large.seconds.toFixed(2)} s (aim < 10), peak ${(large.peakBytes / 1e9).toFixed(2)} GB with the inventory (aim < 3), ` +
        `per image ${perImage.toFixed(2)} of that at 10,000 (aim <= 1.5)\n`,
    );
  }
}
