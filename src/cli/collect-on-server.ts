import type { ServerCollectionReport } from "../operations/collect-on-server.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { ServerCollection, ServerUpkeep } from "../ports/server-upkeep.ts";
import type { CliContext } from "./cli-context.ts";
import { usageError } from "./cli-error.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { createProgress } from "./view-human/progress.ts";
import { renderServerCollection } from "./view-human/view-server-collection.ts";
import { writeJson } from "./view-json.ts";

export interface ServerCollectionOptions {
  readonly dryRun: boolean;
  /** Nobody is asked. */
  readonly yes: boolean;
  readonly json: boolean;
}

/** Has a registry collect its garbage by itself, and tells how it went. */
export async function collectOnServer(
  context: CliContext,
  session: TargetSession,
  upkeep: ServerUpkeep & { readonly collection: () => Promise<ServerCollection> },
  { dryRun, yes, json }: ServerCollectionOptions,
): Promise<ExitCode> {
  const collection = await upkeep.collection();
  const { name } = session.target;
  if (dryRun && collection.dryRun === undefined)
    throw usageError(`${name} cannot tell beforehand what it would collect`);
  if (!dryRun && !(await agreed(context, name, collection, yes))) return EXIT.done;
  const operation = await import("../operations/collect-on-server.ts");
  const progress = createProgress(context.stderr, context.clock);
  let report: ServerCollectionReport;
  try {
    report = await operation.collectOnServer(collection, dryRun ? "dry-run" : "collect", {
      observe: (options) => session.observe(options),
      check: upkeep.check,
      wait: (ms) => pause(ms, context.signal),
      observing: {
        signal: context.signal,
        onProgress: ({ step, done, total }) =>
          progress.update(total === undefined ? `${step} …` : `${step} ${done}/${total}`),
      },
      onJob: ({ id, detail }) => progress.update(`collecting, job ${id}: ${detail} …`),
    });
  } finally {
    progress.end();
  }
  if (json)
    writeJson(context.stdout, {
      schema: "plimsoll.registry-gc/1",
      target: session.target,
      ...report,
    });
  else context.stdout.write(renderServerCollection(report));
  return EXIT_OF[report.state];
}

const EXIT_OF: Readonly<Record<ServerCollectionReport["state"], ExitCode>> = {
  whole: EXIT.done,
  tried: EXIT.done,
  damaged: EXIT.failed,
  failed: EXIT.failed,
  left: EXIT.partly,
};

async function agreed(
  context: CliContext,
  name: string,
  { readOnly }: ServerCollection,
  yes: boolean,
): Promise<boolean> {
  if (yes) return true;
  if (!context.canAsk)
    throw usageError("nobody can be asked here: --yes says that the registry is to collect");
  const mind = readOnly ? "Nothing can be pushed meanwhile. " : "";
  if (await context.confirm(`${mind}Let ${name} collect its garbage now?`)) return true;
  context.stderr.write("Nothing was started.\n");
  return false;
}

/** Ends early when the user stops. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
