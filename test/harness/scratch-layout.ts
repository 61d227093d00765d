import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { LayoutWriter } from "../../scripts/demo/layout-writer.ts";

/** An empty directory that goes with the test. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "plimsoll-layout-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty layout called `app` that goes with the test. */
export function scratchLayout(): LayoutWriter {
  return new LayoutWriter(join(scratchDirectory(), "app"));
}
