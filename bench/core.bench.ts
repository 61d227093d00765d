import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { planRemovals } from "../src/operations/plan.ts";
import { presetPolicy } from "../src/policy/presets.ts";
import { attempt, reportFigure } from "./figure.ts";
import { madeInventory, sha256 } from "./made-inventory.ts";

const NOW = "2026-06-01T00:00:00Z";
const SIZES = [10_000, 1_000_000] as const;
const PRESETS = ["unused", "production"] as const;

/** Seconds for all images, bytes of the whole process, and what one image may cost of the time that it costs among few. */
const AIMS = { seconds: 10, peakBytes: 3e9, perImage: 1.5 } as const;

interface Measured {
  readonly seconds: number;
  /** Of all its threads, those that collect garbage included: it says more on a machine that does other things too. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly actions: number;
}

/** Plans once in this process and prints what it took. */
async function planOnce(count: number, preset: string): Promise<Measured> {
  const inventory = madeInventory(count, NOW);
  const policy = presetPolicy(preset);
  if (policy === undefined) throw new Error(`no preset ${preset}`);
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  const plan = await planRemovals(inventory, policy, NOW, sha256);
  const seconds = (performance.now() - started) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  if (
    plan.totals.images + plan.kept.filter(({ subject }) => subject.startsWith("sha256:")).length !==
    count
  )
    throw new Error("an image has no decision");
  return {
    seconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
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

function reportPreset(preset: string): void {
  const [few, many] = SIZES.map((size) => measure(size, preset, 3)) as [Measured, Measured];
  const perImage = many.seconds / SIZES[1] / (few.seconds / SIZES[0]);
  const side = (size: number, { seconds, cpuSeconds, peakBytes, actions }: Measured): string =>
    `${size.toLocaleString("en")} images, ${actions.toLocaleString("en")} go: ${seconds.toFixed(2)} s ` +
    `(${cpuSeconds.toFixed(2)} s of processors), ${(peakBytes / 1e9).toFixed(2)} GB with the inventory`;
  reportFigure({
    what: `core: preset ${preset}, 1,000,000 images with 12 layers each in one process`,
    sides: [side(SIZES[0], few), side(SIZES[1], many)],
    result: `${many.seconds.toFixed(2)} s, ${(many.peakBytes / 1e9).toFixed(2)} GB, ${perImage.toFixed(2)} of the time per image among 10,000`,
    aim: {
      text: `under ${AIMS.seconds} s and ${AIMS.peakBytes / 1e9} GB, at most ${AIMS.perImage}`,
      reached:
        many.seconds < AIMS.seconds && many.peakBytes < AIMS.peakBytes && perImage <= AIMS.perImage,
    },
  });
}

const [count, preset] = process.argv.slice(2);
if (count !== undefined && preset !== undefined) {
  process.stdout.write(JSON.stringify(await planOnce(Number(count), preset)));
} else {
  for (const each of PRESETS) await attempt(`core: preset ${each}`, async () => reportPreset(each));
}
