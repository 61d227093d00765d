import type { Inventory } from "../../src/inventory/inventory.ts";
import type { ImageDetails } from "../../src/ports/image-details.ts";
import type { RunSummary } from "../../src/ports/run-journal.ts";
import { lookOnlyTarget } from "../fakes/look-only-target.ts";
import { sampleHost } from "../fakes/sample-inventory.ts";
import { cli } from "./cli-harness.ts";

/** Runs a command line, split at blanks, on the sample host or another inventory. */
export function run(
  command: string,
  {
    inventory = sampleHost.inventory,
    details = {},
    runs = [],
  }: { inventory?: Inventory; details?: Partial<ImageDetails>; runs?: readonly RunSummary[] } = {},
) {
  return cli(command.split(" "), {
    openTarget: () => Promise.resolve(lookOnlyTarget(inventory, details)),
    openHistory: () =>
      Promise.resolve({
        runs: () => runs,
        run: () => undefined,
        runOfPlan: () => undefined,
        records: () => [],
      }),
  });
}

/** Text as its lines. */
export const lines = (text: string): readonly string[] => text.trimEnd().split("\n");
