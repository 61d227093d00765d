import type { ServerCollectionReport } from "../../operations/collect-on-server.ts";
import { printable, printableLines } from "./printable.ts";
import { someProblems } from "./view-collection.ts";

/** So much of the registry's own account is shown. */
const LAST_LINES = 10;

/** How a registry's own collection went. */
export function renderServerCollection({
  state,
  job,
  images,
  tags,
  damaged,
  damagedBefore,
  log,
}: ServerCollectionReport): string {
  const says = {
    whole: `Collected. All ${images} manifests and ${tags} tags are there, with every blob.\n`,
    tried: `Tried: nothing was collected. Job ${job.id} says what would be.\n`,
    damaged: `Collected. ${damaged.length} things are not whole that were whole before:\n${someProblems(damaged)}`,
    failed: `Not done: the registry says that job ${job.id} ended as ${job.detail}.\n`,
    left: `Not waited for: job ${job.id} goes on in the registry (${job.detail}).\n`,
  };
  const before =
    damagedBefore.length === 0
      ? ""
      : `Not whole before it already:\n${someProblems(damagedBefore)}`;
  const account = log
    .slice(-LAST_LINES)
    .map((line) => `  ${printable(line)}\n`)
    .join("");
  return `${printableLines(says[state])}${before}${account === "" ? "" : `Its account ends:\n${account}`}`;
}
