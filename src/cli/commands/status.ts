import type { Inventory } from "../../inventory/inventory.ts";
import { reportStorage, type StorageReport } from "../../operations/storage-report.ts";
import type { RunSummary } from "../../ports/run-journal.ts";
import type { CliContext } from "../cli-context.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { nextSteps } from "../next-steps.ts";
import { aimByFile, HOSTS_FLAGS, observeWithUse } from "../registry-hosts.ts";
import { kindDocument, planDocument, repositoryDocument } from "../storage-document.ts";
import { isTypedError } from "../view-error.ts";
import { renderStatus } from "../view-human/view-status.ts";
import { withTarget } from "../with-target.ts";

/** The last run on this target is looked for among so many of the latest on all targets. */
const RUNS_LOOKED_AT = 50;

export const command = defineCommand({
  operands: "",
  description:
    "The whole picture on one screen: how full the disk is, what fills it, what could go and how surely, the last run, " +
    "and what to do next. Changes nothing.",
  flags: HOSTS_FLAGS,
  examples: [
    { command: "status", does: "of the current docker context" },
    { command: "status -t ssh://build@host", does: "of another host" },
    {
      command: "status -p policy.yaml -t hub",
      does: "of a registry of the policy, with what its hosts use",
    },
    { command: "status -t oci:./images --json", does: "of an OCI image layout, for a program" },
  ],
  async run(context, { flags }) {
    const { target, policy } = await aimByFile(context, flags);
    return withTarget(context, target, async (session) => {
      const { inventory, foreignUse } = await observeWithUse(context, session, policy);
      const report = await reportStorage(
        inventory,
        new Date(context.clock()).toISOString(),
        context.sha256,
        { policy, foreignUse },
      );
      const lastRun = await findLastRun(context, await session.key());
      if (flags.json) {
        writeDocument(context.stdout, statusDocument(inventory, report, lastRun));
        return EXIT.done;
      }
      const steps = nextSteps(context, flags.target, inventory, report);
      context.stdout.write(
        renderStatus(context.stdout, {
          inventory,
          foreignUse,
          report,
          lastRun,
          steps,
          nowMs: context.clock(),
        }),
      );
      return EXIT.done;
    });
  },
});

/** Looking needs no memory: where the history cannot be opened, that is said and all else is shown. */
async function findLastRun(
  context: CliContext,
  targetKey: string,
): Promise<RunSummary | undefined> {
  try {
    const history = await context.openHistory();
    return history.runs(RUNS_LOOKED_AT).find((run) => run.targetKey === targetKey);
  } catch (error) {
    if (!isTypedError(error)) throw error;
    context.stderr.write(
      `${context.programName}: warning: the last run is not known: ${error.message}\n`,
    );
    return undefined;
  }
}

function statusDocument(
  inventory: Inventory,
  report: StorageReport,
  lastRun: RunSummary | undefined,
): object {
  const { usage, total, repositories, narrow, wide } = report;
  return {
    schema: "plimsoll.status/1",
    target: inventory.target,
    takenAt: inventory.takenAt,
    complete: inventory.complete,
    problems: inventory.problems,
    accuracy: inventory.accuracy,
    engine: inventory.engine,
    totalBytes: total.bytes,
    totalDiskBytes: total.diskBytes,
    images: { ...kindDocument(usage.images), intermediate: report.intermediates },
    containers: kindDocument(usage.containers),
    volumes: kindDocument(usage.volumes),
    buildCache: kindDocument(usage.buildCache),
    plans: [narrow, wide].map(planDocument),
    repositories: repositories.map(repositoryDocument),
    lastRun,
  };
}
