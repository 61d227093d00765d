import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

import { ClosingLinesReporter } from "./scripts/closing-lines-reporter.ts";
import { MinutesReporter } from "./scripts/minutes-reporter.ts";
import { SlowestFirst } from "./scripts/slowest-first.ts";

/** An engine may have to be installed, started and filled first, on a machine that is busy with other things. */
const engineTestMs = 600_000;
/** They wait as much as they work: for disks, for engines, for the moment to kill something. */
const enginesAtOnce = 3;
/** What is waited for comes at once, or later on a busy machine: only a failure takes so long. */
const pollMs = 60_000;
/** Milliseconds are enough, seconds for properties; the rest is for a machine that is busy with engines. */
const unitTestMs = 300_000;

/** `brief` is for output that nobody watches and that is cut where it is long: a line a minute, what failed, and the counts. */
const isBrief = process.env["PLIMSOLL_TEST_OUTPUT"] === "brief";

export default defineConfig({
  test: {
    reporters: [isBrief ? new MinutesReporter() : "default", new ClosingLinesReporter()],
    sequence: { sequencer: SlowestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["{src,scripts,bench,test}/**/*.test.ts"],
          exclude: ["test/{contract,integration,harness}/**"],
          // Vitest's own choice leaves one of two processors idle.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          testTimeout: unitTestMs,
          expect: { poll: { timeout: pollMs } },
          hookTimeout: unitTestMs,
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: engineTestMs,
          hookTimeout: engineTestMs,
          expect: { poll: { timeout: pollMs } },
          maxWorkers: enginesAtOnce,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/{integration,harness}/**/*.test.ts"],
          testTimeout: engineTestMs,
          hookTimeout: engineTestMs,
          expect: { poll: { timeout: pollMs } },
          maxWorkers: enginesAtOnce,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
