import type { RunSummary } from "../../ports/run-journal.ts";

import { formatMoment } from "./view-moment.ts";

/** What became of a run that was cut off, in one line. */
export function describeReconciled(run: RunSummary, programName: string): string {
  const { applied, gone, skipped, failed, unknown } = run.counts;
  const parts = [
    `${applied} removed`,
    ...(gone > 0 ? [`${gone} already gone`] : []),
    ...(skipped > 0 ? [`${skipped} not carried out`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  return (
    `${programName}: run ${run.id} of ${formatMoment(run.startedAt)} had been cut off; its account is finished now: ` +
    `${parts.join(", ")} (${programName} history ${run.id})`
  );
}
