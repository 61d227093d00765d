import type { RunEvent, RunReport } from "../operations/run-report.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { Plan } from "../plan/plan.ts";
import { formatSize } from "../policy/size.ts";
import type { CliContext } from "./cli-context.ts";
import { CliError, usageError } from "./cli-error.ts";
import type { FlagTable } from "./command.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { writeDocument } from "./json-chunks.ts";
import { printable } from "./view-human/printable.ts";
import { createProgress, type Progress } from "./view-human/progress.ts";
import { actionVerb, nameAction } from "./view-human/view-subject.ts";
import { renderRun } from "./view-human/view-run.ts";

/** The flags of every command that removes. */
export const CONSENT_FLAGS = {
  yes: { kind: "switch", short: "y", help: "do not ask; needed where there is no terminal" },
  beyondLimits: { kind: "switch", help: "also where the plan exceeds a brake of its policy" },
} as const satisfies FlagTable;

export interface Consent {
  /** Given on the command line, so that nobody is asked. */
  readonly yes: boolean;
  readonly beyondLimits: boolean;
  readonly json: boolean;
  /** The flag to name where nobody can be asked: `--yes`, `--force`. */
  readonly yesFlag: string;
  /** The recovery bin that was named. */
  readonly binDirectory?: string | undefined;
}

/** Asks where that is needed, applies the plan, and prints the report. The caller has shown the plan. */
export async function carryOut(
  context: CliContext,
  session: TargetSession,
  plan: Plan,
  consent: Consent,
): Promise<ExitCode> {
  if (plan.actions.length === 0) {
    if (consent.json) writeDocument(context.stdout, { planId: plan.id, actions: [], outcomes: [] });
    return EXIT.done;
  }
  if (!consent.json) context.stdout.write("\n");
  if (!consent.yes && !(await agreed(context, plan, consent))) {
    context.stderr.write("Nothing was removed.\n");
    return EXIT.done;
  }
  const progress = createProgress(context.stderr, context.clock);
  let report: RunReport;
  try {
    report = await session.apply(plan, {
      signal: context.signal,
      unattended: consent.yes,
      beyondLimits: consent.beyondLimits,
      onEvent: (event) => showEvent(progress, event),
      ...(consent.binDirectory === undefined ? {} : { binDirectory: consent.binDirectory }),
    });
  } finally {
    progress.end();
  }
  if (consent.json)
    writeDocument(context.stdout, { planId: plan.id, actions: plan.actions, ...report });
  else context.stdout.write(renderRun(context.stdout, plan, report, context.programName));
  return exitCodeOf(report, context.signal.aborted);
}

async function agreed(context: CliContext, plan: Plan, consent: Consent): Promise<boolean> {
  if (consent.json || !context.canAsk) {
    throw usageError(
      "this removes things, and there is nobody to ask",
      `Look at the plan first (${context.programName} plan), then say ${consent.yesFlag}.`,
    );
  }
  if (plan.exceeds.length > 0 && !consent.beyondLimits) {
    for (const { detail } of plan.exceeds)
      context.stderr.write(`Beyond a brake of the policy: ${printable(detail)}\n`);
  }
  if (context.signal.aborted) throw new CliError("interrupted", [], EXIT.interrupted);
  const isBlind = plan.target.kind === "registry" && plan.askedHosts === undefined;
  const warning = isBlind ? "No host was asked what it uses of this registry. " : "";
  return context.confirm(`${warning}Remove these?`);
}

function showEvent(progress: Progress, event: RunEvent): void {
  switch (event.kind) {
    case "started":
      return;
    case "settled": {
      const { action, outcome, done, total } = event;
      const what = `${actionVerb(action.kind)} ${nameAction(action)}`;
      if (outcome.state === "failed" || outcome.state === "unknown")
        progress.line(`${what}: ${outcome.state}: ${printable(outcome.detail)}`);
      progress.update(`${done}/${total} ${what}`);
      return;
    }
    case "archiving": {
      const { action, doneBytes, done, total } = event;
      progress.update(
        `${done}/${total} put into the recovery bin: ${nameAction(action)}, ${formatSize(doneBytes)}`,
      );
      return;
    }
    case "checking":
      progress.update("checking what is really gone …");
      return;
    default:
      event satisfies never;
  }
}

function exitCodeOf(report: RunReport, interrupted: boolean): ExitCode {
  if (report.state === "done") return EXIT.done;
  const removed = report.outcomes.some(({ state }) => state === "applied" || state === "unknown");
  if (removed) return EXIT.partly;
  if (interrupted) return EXIT.interrupted;
  const failed =
    report.state === "stopped" || report.outcomes.some(({ state }) => state === "failed");
  return failed ? EXIT.failed : EXIT.partly;
}
