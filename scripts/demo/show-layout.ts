import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plan } from "../../src/plan/plan.ts";
import { writeDemoContent } from "./demo-content.ts";
import { LayoutWriter } from "./layout-writer.ts";
import { duKib, measureDirectory } from "./measure-directory.ts";
import type { Plimsoll } from "./run-plimsoll.ts";

/** Makes a layout and goes the whole way on it: status, plan, apply, and whether the disk agrees. */
export function showLayout(plimsoll: Plimsoll, scratch: string): number {
  const layout = new LayoutWriter(join(scratch, "images"));
  writeDemoContent(layout, new Date());
  const blobs = join(layout.directory, "blobs");
  const planFile = join(scratch, "plan.json");
  const target = `oci:${layout.directory}`;
  console.log(
    `Made an OCI image layout with ${layout.entries.length} entries in ${layout.directory}.`,
  );

  const before = { ...measureDirectory(blobs), duKib: duKib(blobs) };
  for (const args of [
    ["status"],
    ["plan", "--preset", "production", "-o", planFile],
    ["apply", planFile, "--yes"],
  ]) {
    const status = plimsoll.show("-t", target, ...args);
    if (status !== 0) {
      console.error(`\ndemo: plimsoll ${args[0]} ended with status ${status}`);
      return status;
    }
  }
  const after = { ...measureDirectory(blobs), duKib: duKib(blobs) };

  const { totals } = JSON.parse(readFileSync(planFile, "utf8")) as Plan;
  const rows: Row[] = [
    {
      what: "bytes of blobs",
      predicted: totals.freesBytes,
      measured: before.fileBytes - after.fileBytes,
    },
    {
      what: "bytes of disk blocks",
      predicted: totals.freesDiskBytes,
      measured: before.fileDiskBytes - after.fileDiskBytes,
    },
  ];
  if (before.duKib !== undefined && after.duKib !== undefined) {
    // `du` counts the directories' own blocks too, which may shrink as files go.
    const directoryBytes =
      before.diskBytes - before.fileDiskBytes - (after.diskBytes - after.fileDiskBytes);
    rows.push({
      what: "du -sk, in KiB",
      predicted: ((totals.freesDiskBytes ?? 0) + directoryBytes) / 1024,
      measured: before.duKib - after.duKib,
    });
  }
  return showAgreement(rows);
}

interface Row {
  readonly what: string;
  readonly predicted: number | undefined;
  readonly measured: number;
}

/** Status 1 where a prediction was not kept to the byte, or where nothing was freed at all. */
function showAgreement(rows: readonly Row[]): number {
  const number = (value: number | undefined) =>
    (value === undefined ? "-" : value.toLocaleString("en-US")).padStart(14);
  console.log(`\n${"".padEnd(24)}${"predicted".padStart(14)}${"freed".padStart(14)}`);
  let disagree = false;
  for (const { what, predicted, measured } of rows) {
    const agrees = predicted === measured && measured > 0;
    disagree ||= !agrees;
    console.log(
      `${what.padEnd(24)}${number(predicted)}${number(measured)}  ${agrees ? "equal" : "NOT EQUAL"}`,
    );
  }
  if (disagree) console.error("\ndemo: what was freed is not what the plan had predicted");
  return disagree ? 1 : 0;
}
