// npm run demo: where a Docker engine answers, its status and a plan, read-only; where none does, the whole way on an
// image layout that is made on the spot.

import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createPlimsoll } from "./demo/run-plimsoll.ts";
import { showEngine } from "./demo/show-engine.ts";
import { showLayout } from "./demo/show-layout.ts";

const scratch = mkdtempSync(join(realpathSync(tmpdir()), "plimsoll-demo-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
// The child that runs hears Ctrl-C too, and ends first; then this ends as usual, and clears up.
process.on("SIGINT", () => process.exit(130));
process.on("SIGTERM", () => process.exit(143));

const plimsoll = createPlimsoll(scratch);
const probe = plimsoll.capture("status", "--json");
if (probe.status === 0) {
  process.exitCode = showEngine(plimsoll);
} else {
  const [reason = "no engine answers"] = probe.stderr.trim().split("\n");
  console.log(`No Docker engine here (${reason}).`);
  process.exitCode = showLayout(plimsoll, scratch);
}
