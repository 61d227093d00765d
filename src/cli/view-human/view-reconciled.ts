import type { ReconciledRun } from "../../operations/target-session.ts";
import { printable } from "./printable.ts";
import { formatMoment } from "./view-moment.ts";
import { actionVerb, nameAction } from "./view-subject.ts";

/** Those begun when the run was cut off: as many as a target bears at once, on the containerd store many. */
const MAX_LINES = 8;

/** What became of a run that was cut off, and of the actions that it had begun. */
export function describeReconciled(run: ReconciledRun, programName: string): string {
  const { applied, gone, skipped, failed, unknown } = run.counts;
  const parts = [
    `${applied} removed`,
    ...(gone > 0 ? [`${gone} already gone`] : []),
    ...(skipped > 0 ? [`${skipped} not carried out`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
  ];
  const found = run.found.map(
    ({ action, outcome }) =>
      `\n  ${actionVerb(action.kind)} ${nameAction(action)}: ${printable(outcome.detail)}`,
  );
  const more = found.length > MAX_LINES ? [`\n  and ${found.length - MAX_LINES} more`] : [];
  return [
    `${programName}: run ${run.id} of ${formatMoment(run.startedAt)} had been cut off; its account is finished now: `,
    `${parts.join(", ")} (${programName} history ${run.id})`,
    ...found.slice(0, MAX_LINES),
    ...more,
  ].join("");
}
