import { defineConfig } from "vitest/config";

import { ClosingLinesReporter } from "./scripts/closing-lines-reporter.ts";

/** An engine may have to be installed, started and filled first. */
const engineTestMs = 300_000;

export default defineConfig({
  test: {
    reporters: ["default", new ClosingLinesReporter()],
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "scripts/**/*.test.ts", "test/boundaries/**/*.test.ts"],
        },
      },
      {
        test: {
          name: "contract",
          include: ["test/contract/**/*.test.ts"],
          testTimeout: engineTestMs,
          hookTimeout: engineTestMs,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: engineTestMs,
          hookTimeout: engineTestMs,
          fileParallelism: false,
        },
      },
    ],
  },
});
