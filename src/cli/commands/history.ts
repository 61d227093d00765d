import type { Plan } from "../../plan/plan.ts";
import { formatReference, parseReference } from "../../oci/reference.ts";
import { formatSize } from "../../policy/size.ts";
import type { RemovedRecord } from "../../ports/removed-record.ts";
import type { ActionOutcome, RunSummary } from "../../ports/run-journal.ts";
import type { CliContext, Output } from "../cli-context.ts";
import { CliError, usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import { findRun } from "../find-run.ts";
import { printable } from "../view-human/printable.ts";
import { renderTable } from "../view-human/table.ts";
import { formatMoment } from "../view-human/view-moment.ts";
import { actionVerb, nameAction } from "../view-human/view-subject.ts";
import { writeJson } from "../view-json.ts";

const DEFAULT_RUNS = 20;

export const command = defineCommand({
  operands: "[run]",
  description:
    "Lists runs, newest first, with predicted and freed bytes; or everything that one run did. A run goes by its ID, how that begins or ends, or latest.",
  flags: {
    number: {
      kind: "value",
      short: "n",
      placeholder: "N",
      help: `at most so many runs (default ${DEFAULT_RUNS})`,
    },
    record: {
      kind: "value",
      placeholder: "WHAT",
      help: "print what a container, network or image was that the run removed, by name or ID; it may hold secrets",
    },
  },
  examples: [
    { command: "history", does: "the latest runs on every target" },
    {
      command: "history cb8080",
      does: "each action of the run 20261121-142931-cb8080 and how it ended",
    },
    {
      command: "history latest --record web",
      does: "the configuration that the container web had",
    },
  ],
  async run(context, { operands, flags }) {
    const history = await context.openHistory();
    const [asked] = operands;
    const runId = asked === undefined ? undefined : findRun(history, asked, context.programName).id;
    if (flags.record !== undefined) {
      if (runId === undefined) throw usageError("--record needs the run that removed it");
      writeJson(context.stdout, findRecord(history.records(runId), flags.record, runId));
      return EXIT.done;
    }
    if (runId === undefined) {
      const runs = history.runs(parseLimit(flags.number));
      if (flags.json) writeJson(context.stdout, runs);
      else context.stdout.write(renderRuns(context, runs) + explainRunning(runs));
      return EXIT.done;
    }
    return showRun(context, history.run(runId), runId, flags.json ?? false);
  },
});

/** By name, or by an ID that may be cut short. */
function findRecord(records: Iterable<RemovedRecord>, what: string, runId: string): RemovedRecord {
  const reference = parseReference(what);
  const name = "kind" in reference ? what : formatReference(reference);
  const hex = what.replace(/^sha256:/, "");
  for (const record of records) {
    const isNamed = record.kind === "image" && namesOf(record).includes(name);
    const isId = /^[0-9a-f]{7,64}$/.test(hex) && record.id.replace(/^sha256:/, "").startsWith(hex);
    if (record.name === what || isNamed || isId) return record;
  }
  throw new CliError(`run ${runId} has no record of "${what}"`, [
    "Kept are those of containers, networks, and images whose content is not.",
  ]);
}

function namesOf({ description }: RemovedRecord): readonly unknown[] {
  const { references } = description;
  return Array.isArray(references) ? references : [];
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_RUNS;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usageError(`-n "${text}" is not a number of runs`);
  return Number(text);
}

function renderRuns(context: CliContext, runs: readonly RunSummary[]): string {
  if (runs.length === 0)
    return `No runs yet. ${context.programName} plan shows what one would do.\n`;
  return renderTable(
    context.stdout,
    [
      { title: "RUN" },
      { title: "STARTED" },
      { title: "TARGET", shrinks: true },
      { title: "STATE" },
      { title: "REMOVED", align: "right" },
      { title: "NOT REMOVED", align: "right" },
      { title: "PREDICTED", align: "right" },
      { title: "FREED", align: "right" },
    ],
    runs.map((run) => [
      run.id,
      formatMoment(run.startedAt),
      run.targetName,
      run.state,
      String(run.counts.applied),
      String(run.counts.skipped + run.counts.failed + run.counts.unknown),
      formatSize(run.predictedBytes),
      run.freedBytes === undefined ? "-" : formatSize(run.freedBytes),
    ]),
  );
}

/** Only the next command on its target can tell whether a run is still going on. */
function explainRunning(runs: readonly RunSummary[]): string {
  if (runs.every(({ state }) => state !== "running")) return "";
  return "\nA run whose process has ended is accounted for by the next command on its target.\n";
}

type RecordedRun = {
  readonly summary: RunSummary;
  readonly plan: Plan;
  readonly outcomes: readonly ActionOutcome[];
};

function showRun(
  context: CliContext,
  run: RecordedRun | undefined,
  runId: string,
  json: boolean,
): ExitCode {
  if (run === undefined) {
    throw new CliError(`there is no run ${runId}`, [
      `${context.programName} history lists the runs.`,
    ]);
  }
  if (json) writeJson(context.stdout, run);
  else context.stdout.write(renderRun(context.stdout, run));
  return EXIT.done;
}

function renderRun(output: Output, { summary, plan, outcomes }: RecordedRun): string {
  const freed = summary.freedBytes === undefined ? "not measured" : formatSize(summary.freedBytes);
  const head = [
    `Run ${summary.id} on ${printable(summary.targetName)}: ${summary.state}`,
    `Started    ${formatMoment(summary.startedAt)}`,
    ...(summary.endedAt === undefined ? [] : [`Ended      ${formatMoment(summary.endedAt)}`]),
    `Policy     ${printable(plan.policy.source)}`,
    `Predicted  ${formatSize(summary.predictedBytes)}`,
    `Freed      ${freed}`,
  ];
  const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
  const rows = plan.actions.map((action, index) => {
    const outcome = byIndex.get(index);
    return [
      outcome?.state ?? "not begun",
      actionVerb(action.kind),
      nameAction(action),
      formatSize(action.freesBytes),
      printable(outcome === undefined || outcome.detail === "" ? action.reason : outcome.detail),
    ];
  });
  const table = renderTable(
    output,
    [
      { title: "OUTCOME" },
      { title: "ACTION" },
      { title: "WHAT", wraps: true },
      { title: "PREDICTED", align: "right" },
      { title: "WHY", wraps: true },
    ],
    rows,
  );
  return `${head.join("\n")}\n\n${table}`;
}
