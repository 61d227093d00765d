import type { Inventory } from "../../inventory/inventory.ts";
import type { RunSummary } from "../../ports/run-journal.ts";
import { formatSize } from "../../policy/size.ts";
import type { CliContext } from "../cli-context.ts";
import { explainError } from "../view-error.ts";
import { count } from "../view-human/view-bytes.ts";
import { describeReconciled } from "../view-human/view-reconciled.ts";
import { checkup, type Checkup } from "./checkup.ts";

/** A context that does not answer in this time is told as unreachable. */
const CONTEXT_DEADLINE_MS = 5000;

/** The target that was named, or the current docker context and, beside it, whether the other contexts answer. */
export async function checkTarget(
  context: CliContext,
  spec: string | undefined,
): Promise<readonly Checkup[]> {
  const subject = spec ?? "target";
  try {
    const session = await context.openTarget(spec);
    try {
      const runs = await session.reconcile();
      const inventory = await session.observe({ signal: context.signal });
      return [
        ...describe(subject, inventory),
        ...describeRuns(context, runs),
        ...(await otherContexts(context, spec)),
      ];
    } finally {
      await session.close();
    }
  } catch (error) {
    if (context.signal.aborted) throw error;
    const { message, next } = await explainError(error, context);
    return [checkup("broken", subject, message, ...next), ...(await otherContexts(context, spec))];
  }
}

function describe(subject: string, inventory: Inventory): readonly Checkup[] {
  const { target, engine, accuracy, problems, images, diskBytes } = inventory;
  const found: Checkup[] = [
    checkup("ok", subject, `${target.name} (${target.address}), ${count(images.length, "image")}`),
  ];
  if (engine !== undefined) {
    const { product, version, apiVersion, imageStore, rootDir, disk } = engine;
    found.push(
      checkup(
        "ok",
        "engine",
        `${product} ${version}, API ${apiVersion}, ${imageStore} image store, ${rootDir}`,
      ),
    );
    if (disk !== undefined) {
      found.push(
        checkup(
          "ok",
          "disk",
          `${formatSize(disk.freeBytes)} free of ${formatSize(disk.totalBytes)}`,
        ),
      );
    }
    if (diskBytes === undefined && imageStore === "graphdriver") {
      found.push(
        checkup(
          "note",
          "sizes on disk",
          "not readable; figures are the engine's own count",
          "Run as root on the engine's host to have them measured.",
        ),
      );
    } else if (diskBytes !== undefined)
      found.push(checkup("ok", "sizes on disk", `measured under ${rootDir}`));
  }
  found.push(describeAccuracy(accuracy));
  for (const problem of problems)
    found.push(checkup("note", "not read", problem, "What it may be hiding is kept."));
  return found;
}

function describeAccuracy({ kind, detail }: Inventory["accuracy"]): Checkup {
  const meaning = {
    exact: "exact to the byte",
    "at-least": "a lower bound",
    "up-to": "an upper bound",
  }[kind];
  return checkup(
    kind === "exact" ? "ok" : "note",
    "byte figures",
    `${meaning}${detail === undefined ? "" : `: ${detail}`}`,
  );
}

function describeRuns(context: CliContext, runs: readonly RunSummary[]): readonly Checkup[] {
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
