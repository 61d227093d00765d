import { formatSize } from "../../policy/size.ts";
import type { RunReport } from "../../operations/run-report.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ActionOutcome, ActionState } from "../../ports/run-journal.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";
import { count, formatPredicted } from "./view-bytes.ts";
import { actionVerb, nameAction } from "./view-subject.ts";
import { countActions } from "./count-actions.ts";

/** Beyond this many lines of one kind the rest is only counted; `history RUN` has them all. */
const MAX_LINES = 20;
/** So many with the same reason are named one by one. */
const MAX_ALIKE = 5;

/** What a run did: removed, not removed and why, and the predicted bytes beside those measured. */
export function renderRun(
  output: Output,
  plan: Plan,
  report: RunReport,
  programName: string,
): string {
  const applied = report.outcomes.filter(({ state }) => state === "applied");
  const removed = applied.flatMap(({ index }) => plan.actions[index] ?? []);
  const title = removed.length === 0 ? "Removed nothing." : `Removed ${countActions(removed)}.`;
  const lines = [
    paint(output, "bold", title),
    ...describeRest(output, plan, report.outcomes, programName, report.runId),
    ...renderBytes(report, plan),
    ...renderPutBy(report),
    ...renderRetired(report),
    ...report.findings.map(
      (finding) => `${paint(output, "yellow", "Note:")} ${printable(finding)}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

/** Predicted and measured bytes, always both. */
function renderBytes(report: RunReport, { target }: Plan): readonly string[] {
  const predicted = formatPredicted(report.predictedAppliedBytes, report.accuracy);
  const whole =
    report.predictedBytes === report.predictedAppliedBytes
      ? ""
      : ` of ${formatPredicted(report.predictedBytes, report.accuracy)} for the whole plan`;
  const detail = printable(report.freedDetail);
  const isLater = target.kind === "registry" && report.predictedAppliedBytes > 0;
  if (isLater && report.freedBytes === undefined)
    return [`Predicted  ${predicted}${whole}, when the registry collects its garbage`];
  const freed =
    report.freedBytes === undefined
      ? `not measured${detail === "" ? "" : `: ${detail}`}`
      : `${formatSize(report.freedBytes)}${detail === "" ? "" : ` (${detail})`}`;
  return [`Predicted  ${predicted}${whole}`, `Freed      ${freed}`];
}

function renderPutBy({ putBy }: RunReport): readonly string[] {
  if (putBy === undefined) return [];
  const { images, volumes, addedBytes, location } = putBy;
  const put = [
    ...(images > 0 || volumes === 0 ? [count(images, "image")] : []),
    ...(volumes > 0 ? [count(volumes, "volume")] : []),
  ];
  const grown = `${put.join(", ")}, ${formatSize(addedBytes)} more there`;
  return [`In the bin ${grown} (${printable(location)})`];
}

function renderRetired({ retired }: RunReport): readonly string[] {
  if (retired === undefined || retired.images === 0) return [];
  const { images, freedBytes } = retired;
  return [
    `Out of it  ${count(images, "image")} that no longer had to be kept, ${formatSize(freedBytes)} free`,
  ];
}

const HEADINGS: Readonly<Record<Exclude<ActionState, "applied">, string>> = {
  gone: "Already gone",
  skipped: "Skipped",
  failed: "Failed",
  unknown: "Outcome unknown",
};

function describeRest(
  output: Output,
  plan: Plan,
  outcomes: readonly ActionOutcome[],
  programName: string,
  runId: string,
): readonly string[] {
  const lines: string[] = [];
  for (const [state, heading] of Object.entries(HEADINGS)) {
    const concerned = outcomes.filter((outcome) => outcome.state === state);
    if (concerned.length === 0) continue;
    const style = state === "failed" ? "red" : "yellow";
    lines.push(`${paint(output, style, heading)} ${concerned.length}:`);
    const described = describeByDetail(plan, concerned);
    lines.push(...described.slice(0, MAX_LINES));
    const more = described.length - MAX_LINES;
    if (more > 0) lines.push(`  and ${more} more: ${programName} history ${runId}`);
  }
  return lines;
}

/** One line for each; what many have in common is said once. */
function describeByDetail(plan: Plan, outcomes: readonly ActionOutcome[]): readonly string[] {
  const groups = Map.groupBy(outcomes, ({ detail }) => detail);
  return [...groups].flatMap(([detail, members]) => {
    if (members.length > MAX_ALIKE) return [`  ${members.length} times: ${printable(detail)}`];
    return members.map(({ index }) => {
      const action = plan.actions[index];
      const what = action && `${actionVerb(action.kind)} ${nameAction(action)}`;
      return `  ${what ?? `action ${index}`}: ${printable(detail)}`;
    });
  });
}
