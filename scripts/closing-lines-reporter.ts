import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import type { Reporter, SerializedError, TestModule, TestRunEndReason, Vitest } from "vitest/node";

import { failureLines, type Failure } from "./failure-lines.ts";

const SLOWEST = 8;
const SLOW_MS = 10_000;
const SEED = /^PLIMSOLL_TEST_SEED=\S+$/m;

type ConsoleLog = Parameters<NonNullable<Reporter["onUserConsoleLog"]>>[0];

interface Counts {
  passed: number;
  skipped: number;
}

function countTests(testModules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, skipped: 0 };
  for (const module of testModules)
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") counts.passed += 1;
      else if (state !== "failed") counts.skipped += 1;
    }
  return counts;
}

/** Also of a file that cannot be loaded, or of a group whose preparation fails: its tests are skipped then. */
function failuresOf(module: TestModule, seed: string | undefined): Failure[] {
  const file = module.relativeModuleId;
  const suites = [...module.children.allSuites()];
  const groups = [
    { name: file, errors: module.errors() },
    ...suites.map((suite) => ({ name: `${file} > ${suite.fullName}`, errors: suite.errors() })),
  ].filter(({ errors }) => errors.length > 0);
  const tests = [...module.children.allTests("failed")].map((test) => ({
    name: `${file} > ${test.fullName}`,
    errors: test.result().errors ?? [],
  }));
  return [...groups, ...tests].map((failure) => ({ ...failure, seed }));
}

/** The files that took longest, those that took long only. */
function slowestFiles(testModules: readonly TestModule[]): string[] {
  const slowest = testModules
    .map((module) => ({ module, ms: module.diagnostic().duration }))
    .filter(({ ms }) => ms >= SLOW_MS)
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, SLOWEST)
    .map(({ module, ms }) => `${basename(module.moduleId, ".test.ts")} ${Math.round(ms / 1000)} s`);
  return slowest.length > 0 ? ["", `Slowest: ${slowest.join(", ")}`] : [];
}

/**
 * What the tests could not try on this machine. Any test may append one line to `not-tested.txt` in
 * the folder that PLIMSOLL_TEST_REPORT_DIR names; lines that several wrote count once.
 */
function readNotTested(): string[] {
  const folder = process.env["PLIMSOLL_TEST_REPORT_DIR"];
  const file = folder === undefined ? undefined : join(folder, "not-tested.txt");
  if (file === undefined || !existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return [...new Set(lines.map((line) => line.trim()))].filter((line) => line !== "");
}

/**
 * Ends a run with what was not tested, what failed, and, as the very last line, the three counts: where a long output is
 * cut, its end tells enough.
 */
export class ClosingLinesReporter implements Reporter {
  #isWatching = false;
  /** By the ID of the file that printed it. */
  readonly #seeds = new Map<string, string>();

  onInit(vitest: Vitest): void {
    this.#isWatching = vitest.config.watch;
  }

  onUserConsoleLog({ content, taskId }: ConsoleLog): void {
    const seed = SEED.exec(content)?.[0];
    if (seed !== undefined && taskId !== undefined) this.#seeds.set(taskId, seed);
  }

  onTestRunEnd(
    testModules: readonly TestModule[],
    unhandledErrors: readonly SerializedError[],
    reason: TestRunEndReason,
  ): void {
    if (this.#isWatching) return;
    const { passed, skipped } = countTests(testModules);
    const failures = testModules.flatMap((module) =>
      failuresOf(module, this.#seeds.get(module.id)),
    );
    // Errors outside any test make vitest fail the run; the counts must not look clean then.
    if (reason !== "passed")
      failures.push(
        ...unhandledErrors.map((error) => ({ name: "outside tests", errors: [error] })),
      );
    const notTested = readNotTested();
    const lines = [
      ...(notTested.length > 0
        ? ["", "Engines not tested here:", ...notTested.map((l) => `  ${l}`)]
        : []),
      ...slowestFiles(testModules),
      ...(failures.length > 0 ? ["", ...failureLines(failures)] : []),
      "",
      `${passed} passed, ${failures.length} failed, ${skipped} skipped`,
    ];
    // Vitest's own summary is printed in the same hook, so these lines wait until it has ended.
    process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
}
