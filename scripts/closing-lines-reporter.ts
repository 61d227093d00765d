import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Reporter, TestCase, TestModule, TestRunEndReason, Vitest } from "vitest/node";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

function countTests(testModules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of testModules) {
    // A file that could not be loaded has no tests to count, and is a failure all the same.
    if (module.errors().length > 0) counts.failed += 1;
    for (const test of module.children.allTests()) {
      const { state }: { state: ReturnType<TestCase["result"]>["state"] } = test.result();
      if (state === "passed" || state === "failed") counts[state] += 1;
      else counts.skipped += 1;
    }
  }
  return counts;
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

/** Ends a run with what was not tested and, as the very last line, the three counts. */
export class ClosingLinesReporter implements Reporter {
  #isWatching = false;

  onInit(vitest: Vitest): void {
    this.#isWatching = vitest.config.watch;
  }

  onTestRunEnd(
    testModules: readonly TestModule[],
    unhandledErrors: readonly unknown[],
    reason: TestRunEndReason,
  ): void {
    if (this.#isWatching) return;
    const { passed, failed, skipped } = countTests(testModules);
    // Errors outside any test make vitest fail the run; the counts must not look clean then.
    const failures = failed + (reason === "passed" ? 0 : unhandledErrors.length);
    const notTested = readNotTested();
    const lines = [
      ...(notTested.length > 0
        ? ["", "Engines not tested here:", ...notTested.map((l) => `  ${l}`)]
        : []),
      "",
      `${passed} passed, ${failures} failed, ${skipped} skipped`,
    ];
    // Vitest's own summary is printed in the same hook, so these lines wait until it has ended.
    process.once("exit", () => process.stdout.write(`${lines.join("\n")}\n`));
  }
}
