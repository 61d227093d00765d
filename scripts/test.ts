import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const vitest = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");

const reportFolder = mkdtempSync(join(tmpdir(), "plimsoll-test-report-"));
try {
  const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, PLIMSOLL_TEST_REPORT_DIR: reportFolder },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(reportFolder, { recursive: true, force: true });
}
