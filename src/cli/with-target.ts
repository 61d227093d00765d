import type { Inventory } from "../inventory/inventory.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { AskedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import type { ExitCode } from "./exit-codes.ts";
import { createProgress } from "./view-human/progress.ts";
import { describeReconciled } from "./view-human/view-reconciled.ts";

/** Opens the target, finishes the account of runs that were cut off there and tells of it, runs `body`, closes. */
export async function withTarget(
  context: CliContext,
  target: string | AskedTarget | undefined,
  body: (session: TargetSession) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { spec, name }: AskedTarget = typeof target === "object" ? target : { spec: target };
  const opened = await context.openTarget(spec);
  const session = name === undefined ? opened : renamed(opened, name);
  try {
    for (const run of await session.reconcile())
      context.stderr.write(`${describeReconciled(run, context.programName)}\n`);
    return await body(session);
  } finally {
    await session.close();
  }
}

/** Takes the inventory, with progress on standard error, and tells there what could not be read. */
export async function observe(context: CliContext, session: TargetSession): Promise<Inventory> {
  const progress = createProgress(context.stderr, context.clock);
  let inventory: Inventory;
  try {
    inventory = await session.observe({
      signal: context.signal,
      onProgress: ({ step, done, total }) => {
        progress.update(total === undefined ? `${step} …` : `${step} ${done}/${total}`);
      },
    });
  } finally {
    progress.end();
  }
  for (const problem of inventory.problems)
    context.stderr.write(`${context.programName}: warning: ${problem}\n`);
  return inventory;
}

/** A target goes by the name that the policy gives it, which is what its matches on targets speak of. */
function renamed(session: TargetSession, name: string): TargetSession {
  const target = { ...session.target, name };
  return {
    ...session,
    target,
    observe: async (options) => ({ ...(await session.observe(options)), target }),
  };
}
