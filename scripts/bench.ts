// npm run bench [NAME...]: the benchmarks of bench/, one after another, each in a process of its own, and a table of
// all figures at the end. A figure that misses its aim is a result; one that could not be measured is a failure.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { readFigures, verdictOf } from "../bench/figure.ts";

/** The quickest first. */
const BENCHMARKS = [
  "start",
  "policy",
  "policy-file",
  "core",
  "freed",
  "registry",
  "plan",
  "remove",
  "recovery",
];

function runBenchmarks(names: readonly string[], figuresFile: string): string[] {
  return names.filter((name) => {
    console.log(`\n== ${name}\n`);
    const { status } = spawnSync(process.execPath, [`bench/${name}.bench.ts`], {
      stdio: "inherit",
      env: { ...process.env, PLIMSOLL_BENCH_FIGURES: figuresFile },
    });
    return status !== 0;
  });
}

function main(wanted: readonly string[]): number {
  const unknown = wanted.filter((name) => !BENCHMARKS.includes(name));
  if (unknown.length > 0) {
    console.error(`bench: no benchmark ${unknown.join(", ")}; there are ${BENCHMARKS.join(", ")}`);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), "plimsoll-figures-"));
  try {
    const figuresFile = join(folder, "figures.jsonl");
    writeFileSync(figuresFile, "");
    const ran = wanted.length === 0 ? BENCHMARKS : wanted;
    const failed = runBenchmarks(ran, figuresFile);
    console.log("\n== all figures\n");
    const figures = readFigures(figuresFile);
    const width = Math.max(...figures.map(({ what }) => what.length));
    for (const figure of figures) console.log(`${figure.what.padEnd(width)}  ${verdictOf(figure)}`);
    for (const name of ran.filter((each) => !figures.some(({ what }) => what.startsWith(each))))
      console.log(`${name}: see what it printed above`);
    for (const name of failed) console.log(`${name}: not everything could be measured`);
    return failed.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv.slice(2));
