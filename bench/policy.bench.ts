// What a policy costs: many rules on many images, and expressions that are made to be slow.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { loadLibraries } from "../src/operations/load-libraries.ts";
import { imageFacts } from "../src/plan/image-facts.ts";
import { judgeImages } from "../src/plan/image-verdicts.ts";
import { compileExpression } from "../src/policy/expression.ts";
import { libraryNeeds } from "../src/policy/library-needs.ts";
import { attempt, reportFigure } from "./figure.ts";
import { fiftyRules, madeTags } from "./made-tags.ts";

const NOW = "2026-06-01T00:00:00Z";
const SIZES = [10_000, 100_000] as const;
const RUNS = 5;

/** Milliseconds that the rules take for so many images, once, with what has to be loaded and compiled. */
async function judgeOnce(count: number): Promise<number> {
  const inventory = madeTags(count, NOW);
  const policy = fiftyRules();
  const facts = imageFacts(inventory, new Set());
  const startedAt = performance.now();
  const libraries = await loadLibraries(libraryNeeds(policy));
  const verdicts = judgeImages(inventory, policy, facts, Date.parse(NOW), libraries);
  const elapsedMs = performance.now() - startedAt;
  const deleted = verdicts.filter(({ kind }) => kind === "delete").length;
  if (deleted === 0 || deleted === count) throw new Error(`${deleted} of ${count} images go`);
  return elapsedMs;
}

/** The best of some runs, each in a process of its own. */
function bestOf(count: number): number {
  const runs = Array.from({ length: RUNS }, () => {
    const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(count)]);
    if (child.status !== 0) throw new Error(child.stderr.toString());
    return Number(child.stdout);
  });
  return Math.min(...runs);
}

async function measureRules(): Promise<void> {
  const [small, large] = SIZES.map(bestOf) as [number, number];
  const side = (count: number, ms: number): string =>
    `${count.toLocaleString("en")} images: ${ms.toFixed(0)} ms, ${((1e6 * ms) / count).toFixed(0)} ns each`;
  const sides = [side(SIZES[0], small), side(SIZES[1], large)];
  reportFigure({
    what: "policy: 100,000 images against 50 rules",
    sides,
    result: `${large.toFixed(0)} ms`,
    aim: { text: "under 1000 ms", reached: large < 1000 },
  });
  const ratio = large / SIZES[1] / (small / SIZES[0]);
  reportFigure({
    what: "policy: time per image, of that at 10,000",
    sides,
    result: ratio.toFixed(2),
    aim: { text: "at most 1.20", reached: ratio <= 1.2 },
  });
}

/** Compiled anew each time: nothing about the expression is known when it is asked. */
function measureHostile(): void {
  const times = Array.from({ length: RUNS }, () => {
    const expression = compileExpression("(a+)+$");
    const tag = `${"a".repeat(9_999)}!`;
    const startedAt = performance.now();
    if (expression?.isFound(tag) !== false || expression.groupOf(tag) !== undefined)
      throw new Error("found where it is not");
    return performance.now() - startedAt;
  });
  const [first = 0] = times;
  const best = Math.min(...times);
  reportFigure({
    what: "policy: (a+)+$ on a tag of 10,000 characters",
    sides: [`the first of ${RUNS}: ${first.toFixed(2)} ms, the quickest: ${best.toFixed(2)} ms`],
    result: `${first.toFixed(2)} ms`,
    aim: { text: "under 10 ms", reached: first < 10 },
  });
}

const [count] = process.argv.slice(2);
if (count !== undefined) {
  process.stdout.write(String(await judgeOnce(Number(count))));
} else {
  await attempt("policy: rules", measureRules);
  await attempt("policy: hostile expression", async () => measureHostile());
}
