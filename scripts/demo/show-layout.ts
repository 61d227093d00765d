import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Inventory } from "../../src/inventory/inventory.ts";
import type { Plan } from "../../src/plan/plan.ts";
import { callWitnesses, compare, formatCount, showComparisons } from "./agreement.ts";
import { writeDemoContent } from "./demo-content.ts";
import { LayoutWriter } from "./layout-writer.ts";
import { flushFiles } from "./measure-directory.ts";
import type { Plimsoll } from "./run-plimsoll.ts";

/** Makes a layout and goes the whole way on it: status, plan, apply, and whether the disk agrees. Answers a status. */
export function showLayout(plimsoll: Plimsoll, scratch: string): number {
  const layout = new LayoutWriter(join(scratch, "images"));
  writeDemoContent(layout, new Date());
  console.log(`Made an OCI image layout with layered, shared content in ${layout.directory}.`);
  const blobs = join(layout.directory, "blobs");
  const inventoryFile = join(scratch, "inventory.json");
  const planFile = join(scratch, "plan.json");

  flushFiles(blobs);
  const before = callWitnesses(blobs);
  for (const args of [
    ["status"],
    ["inventory", "-o", inventoryFile],
    ["plan", "--preset", "production", "-o", planFile],
    ["apply", planFile, "--yes"],
  ]) {
    const status = plimsoll.show("-t", `oci:${layout.directory}`, ...args);
    if (status === 0) continue;
    console.error(`\ndemo: plimsoll ${args[0]} ended with status ${status}`);
    return status;
  }

  const { totals, actions } = JSON.parse(readFileSync(planFile, "utf8")) as Plan;
  const agrees = showComparisons(compare(totals, before, callWitnesses(blobs)));
  showSharing(JSON.parse(readFileSync(inventoryFile, "utf8")) as Inventory, actions);
  if (!agrees) console.error("\ndemo: what was freed is not what the plan had predicted");
  return agrees ? 0 : 1;
}

/** Adding up the sizes of images is how other tools come to promise too much. */
function showSharing({ images }: Inventory, actions: Plan["actions"]): void {
  const removed = new Set(actions.map(({ subject }) => subject));
  const gone = images.filter(({ id }) => removed.has(id));
  const bytes = gone.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  console.log(
    `\nThe sizes of these ${gone.length} images add up to ${formatCount(bytes)} bytes: ` +
      "the rest is in layers that they share with each other and with images that stay.",
  );
}
