import type { Engine, Inventory } from "../../inventory/inventory.ts";
import type { ReconciledRun } from "../../operations/target-session.ts";
import { formatSize } from "../../policy/size.ts";
import type { CliContext } from "../cli-context.ts";
import { explainError } from "../view-error.ts";
import { count } from "../view-human/view-bytes.ts";
import { describeReconciled } from "../view-human/view-reconciled.ts";
import { nameTarget } from "../view-human/view-target.ts";
import { checkup, type Checkup } from "./checkup.ts";

/** A context that does not answer in this time is told as unreachable. */
const CONTEXT_DEADLINE_MS = 5000;
const SUBJECT = "target";
const CONTAINERD_HINT =
  "Exact as root on the engine's own host; PLIMSOLL_CONTAINERD names containerd's socket where it is in no usual place.";

/** The target that was named, or the current docker context and, beside it, whether the other contexts answer. */
export async function checkTarget(
  context: CliContext,
  spec: string | undefined,
): Promise<readonly Checkup[]> {
  try {
    const session = await context.openTarget(spec);
    try {
      const runs = await session.reconcile();
      const inventory = await session.observe({ signal: context.signal });
      return [
        ...describe(context, inventory),
        ...describeRuns(context, runs),
        ...(await otherContexts(context, spec)),
      ];
    } finally {
      await session.close();
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { message, next } = await explainError(error, context);
    return [checkup("broken", SUBJECT, message, ...next), ...(await otherContexts(context, spec))];
  }
}

function describe(context: CliContext, inventory: Inventory): readonly Checkup[] {
  const { target, engine, accuracy, problems, images } = inventory;
  return [
    checkup("ok", SUBJECT, `${nameTarget(target)}, ${count(images.length, "image")}`),
    ...(engine === undefined ? [] : describeEngine(engine)),
    ...(engine?.imageStore === "graphdriver" ? [describeDiskSizes(context, inventory)] : []),
    describeAccuracy(accuracy, engine),
    ...problems.map((problem) =>
      checkup("note", "not read", problem, "What it may be hiding is kept."),
    ),
  ];
}

function describeEngine(engine: Engine): readonly Checkup[] {
  const { product, version, apiVersion, imageStore, rootDir, disk } = engine;
  const words = `${product} ${version}, API ${apiVersion}, ${imageStore} image store, ${rootDir}`;
  const found = [checkup("ok", "engine", words)];
  if (disk !== undefined) {
    const { freeBytes, totalBytes } = disk;
    found.push(checkup("ok", "disk", `${formatSize(freeBytes)} free of ${formatSize(totalBytes)}`));
  }
  return found;
}

/** The containerd store counts allocated blocks by itself; here only who can read the data root knows them. */
function describeDiskSizes(context: CliContext, { diskBytes }: Inventory): Checkup {
  const subject = "sizes on disk";
  if (diskBytes !== undefined) return checkup("ok", subject, "measured in the data root");
  const next = context.installation.isRoot
    ? []
    : ["Run as root on the engine's own host to have them measured."];
  return checkup("note", subject, "not known; figures are the engine's own count", ...next);
}

function describeAccuracy(
  { kind, detail }: Inventory["accuracy"],
  engine: Engine | undefined,
): Checkup {
  const meaning = {
    exact: "exact to the byte",
    "at-least": "a lower bound",
    "up-to": "an upper bound",
  }[kind];
  return checkup(
    kind === "exact" ? "ok" : "note",
    "byte figures",
    `${meaning}${detail === undefined ? "" : `: ${detail}`}`,
    ...(kind !== "exact" && engine?.imageStore === "containerd" ? [CONTAINERD_HINT] : []),
  );
}

function describeRuns(context: CliContext, runs: readonly ReconciledRun[]): readonly Checkup[] {
  if (runs.length === 0) return [checkup("ok", "runs", "none was left unfinished")];
  return runs.map((run) => checkup("note", "runs", describeReconciled(run, context.programName)));
}

async function otherContexts(
  context: CliContext,
  spec: string | undefined,
): Promise<readonly Checkup[]> {
  if (spec !== undefined) return [];
  const names = await context.contextNames();
  return names.length < 2 ? [] : Promise.all(names.map((name) => checkContext(context, name)));
}

async function checkContext(context: CliContext, name: string): Promise<Checkup> {
  const subject = `context ${name}`;
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(CONTEXT_DEADLINE_MS)]);
  try {
    const session = await context.openTarget(name, signal);
    await session.close();
    return checkup("ok", subject, `${session.target.address} answers`);
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { message, next } = await explainError(error, context);
    return checkup("note", subject, message, ...next);
  }
}
