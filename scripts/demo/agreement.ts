import type { Plan } from "../../src/plan/plan.ts";
import { duKib, measureDirectory, type DirectorySize } from "./measure-directory.ts";

/** What a directory takes, by our own walk and by `du` where that exists. */
export interface Witnesses {
  readonly walked: DirectorySize;
  readonly duKib: number | undefined;
}

export function callWitnesses(directory: string): Witnesses {
  return { walked: measureDirectory(directory), duKib: duKib(directory) };
}

/** One figure of the plan beside what the disk says. */
export interface Comparison {
  readonly what: string;
  readonly predicted: number | undefined;
  readonly freed: number;
}

export function compare(totals: Plan["totals"], before: Witnesses, after: Witnesses): Comparison[] {
  const { freesBytes, freesDiskBytes } = totals;
  const [old, now] = [before.walked, after.walked];
  const comparisons: Comparison[] = [
    { what: "bytes of blobs", predicted: freesBytes, freed: old.fileBytes - now.fileBytes },
    {
      what: "bytes of disk blocks",
      predicted: freesDiskBytes,
      freed: old.fileDiskBytes - now.fileDiskBytes,
    },
  ];
  if (before.duKib === undefined || after.duKib === undefined) return comparisons;
  // `du` counts the blocks of the directories too, which may become fewer as files go.
  const directories = old.diskBytes - old.fileDiskBytes - (now.diskBytes - now.fileDiskBytes);
  const predicted =
    freesDiskBytes === undefined ? undefined : (freesDiskBytes + directories) / 1024;
  return [...comparisons, { what: "KiB by du -sk", predicted, freed: before.duKib - after.duKib }];
}

/** Prints the comparisons; true when every prediction was kept to the byte and something was freed. */
export function showComparisons(comparisons: readonly Comparison[]): boolean {
  console.log(`\n${"".padEnd(22)}${"predicted".padStart(12)}${"freed".padStart(12)}`);
  const agreements = comparisons.map(({ what, predicted, freed }) => {
    const agrees = predicted === freed && freed > 0;
    const cells = [predicted, freed].map((value) => formatCount(value).padStart(12));
    console.log(`${what.padEnd(22)}${cells.join("")}  ${agrees ? "equal" : "NOT EQUAL"}`);
    return agrees;
  });
  return agreements.every(Boolean);
}

export function formatCount(value: number | undefined): string {
  return value === undefined ? "-" : value.toLocaleString("en-US");
}
