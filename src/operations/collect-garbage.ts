import type { Inventory } from "../inventory/inventory.ts";
import type { ContentCheck } from "../ports/content-check.ts";
import type { ObserveOptions } from "../ports/image-reader.ts";

/** How long a registry may take to answer again after it was restarted. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 500;

/** What brings a registry through its own garbage collection. Commands for a shell. */
export interface CollectionCommands {
  /** Starts it so that nothing can be pushed. */
  readonly readOnly: string;
  readonly collect: string;
  /** Starts it as it was; without that it goes on telling of blobs that are gone. */
  readonly restart: string;
}

export interface CollectionPorts {
  readonly observe: (options: ObserveOptions) => Promise<Inventory>;
  readonly check: ContentCheck;
  /** The exit status. */
  readonly run: (command: string) => Promise<number>;
  readonly wait: (ms: number) => Promise<void>;
  readonly observing: ObserveOptions;
  readonly onStep: (step: CollectionStep, command: string | undefined) => void;
}

export type CollectionStep = "read-only" | "look" | "collect" | "restart" | "verify";

export interface CollectionReport {
  /** `damaged`: something that was whole before is not whole now. `failed`: a step failed, and those after it were not taken. */
  readonly state: "whole" | "damaged" | "failed";
  /** Where it failed, with the reason. */
  readonly failure?: { readonly step: CollectionStep; readonly detail: string };
  readonly images: number;
  readonly tags: number;
  /** What was not whole even before the collection. */
  readonly damagedBefore: readonly string[];
  readonly damaged: readonly string[];
}

/**
 * Read-only, look, collect, restart, verify. Whatever fails after the registry was made read-only, it is restarted as it was.
 */
export async function collectGarbage(
  commands: CollectionCommands,
  ports: CollectionPorts,
): Promise<CollectionReport> {
  const { check, observing } = ports;
  const before: { inventory?: Inventory; damaged: readonly string[] } = { damaged: [] };
  const report = (rest: Pick<CollectionReport, "state"> & Partial<CollectionReport>) => ({
    images: before.inventory?.images.length ?? 0,
    tags: before.inventory === undefined ? 0 : countTags(before.inventory),
    damagedBefore: before.damaged,
    damaged: [],
    ...rest,
  });
  const failed = (step: CollectionStep, detail: string): CollectionReport =>
    report({ state: "failed", failure: { step, detail } });

  const obstacle = await step("read-only", commands.readOnly, ports);
  if (obstacle !== undefined) return failed("read-only", obstacle);
  let failure: CollectionReport["failure"];
  try {
    ports.onStep("look", undefined);
    const inventory = await untilAnswered(ports);
    if (!inventory.complete) throw new Error(inventory.problems.join("; "));
    before.inventory = inventory;
    before.damaged = await check(inventory, observing);
    const detail = await step("collect", commands.collect, ports);
    if (detail !== undefined) failure = { step: "collect", detail };
  } catch (error) {
    failure = { step: "look", detail: error instanceof Error ? error.message : String(error) };
  }
  const stuck = await step("restart", commands.restart, ports);
  if (stuck !== undefined) return failed("restart", stuck);
  const { inventory } = before;
  if (inventory === undefined) return report({ state: "failed", ...(failure ? { failure } : {}) });
  ports.onStep("verify", undefined);
  await untilAnswered(ports);
  const known = new Set(before.damaged);
  const damaged = (await check(inventory, observing)).filter((problem) => !known.has(problem));
  if (damaged.length > 0) return report({ state: "damaged", damaged });
  return failure === undefined ? report({ state: "whole" }) : report({ state: "failed", failure });
}

/** Why a command did not do its work. */
async function step(
  name: CollectionStep,
  command: string,
  { run, onStep }: CollectionPorts,
): Promise<string | undefined> {
  onStep(name, command);
  const status = await run(command);
  return status === 0 ? undefined : `the command ended with status ${status}: ${command}`;
}

async function untilAnswered({ observe, wait, observing }: CollectionPorts): Promise<Inventory> {
  for (let waitedMs = 0; ; waitedMs += RETRY_MS) {
    try {
      return await observe(observing);
    } catch (error) {
      if (observing.signal.aborted || waitedMs >= PATIENCE_MS) throw error;
      await wait(RETRY_MS);
    }
  }
}

export function countTags({ images }: Inventory): number {
  return images.reduce((sum, { references }) => sum + references.length, 0);
}

/**
 * Why `--delete-untagged` must not be given: what an index lists, and what is attached to a subject, mostly has no tag.
 * Distribution 2.8 then deletes it and leaves the index behind.
 */
export function untaggedParts({ images }: Inventory): string | undefined {
  const indexes = images.filter(({ children = [] }) => children.length > 0).length;
  const attached = images.filter(
    ({ subject, references }) => subject !== undefined && references.length === 0,
  ).length;
  const listing = indexes === 1 ? "1 index lists" : `${indexes} indexes list`;
  const lacking = attached === 1 ? "1 attachment has" : `${attached} attachments have`;
  const parts = [
    ...(indexes === 0 ? [] : [`${listing} manifests that have no tag of their own`]),
    ...(attached === 0 ? [] : [`${lacking} no tag`]),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}
