import type { Inventory } from "../inventory/inventory.ts";
import type { TargetSession } from "../operations/target-session.ts";
import type { AskedTarget } from "./asked-target.ts";
import type { CliContext } from "./cli-context.ts";
import { usageError } from "./cli-error.ts";
import type { FlagTable } from "./command.ts";
import type { ExitCode } from "./exit-codes.ts";
import { readJsonFile } from "./json-file.ts";
import { observe, withTarget } from "./with-target.ts";

/** For commands that decide about what a target holds, or held when it was written down. */
export const INVENTORY_FLAGS = {
  inventory: {
    kind: "value",
    placeholder: "FILE",
    completion: "file",
    help: "decide about a saved inventory (- is standard input) instead of a target",
  },
  now: {
    kind: "value",
    placeholder: "TIME",
    help: "decide as of this moment (RFC 3339); only with --inventory",
  },
  inUse: {
    kind: "value",
    placeholder: "FILE",
    completion: "file",
    help: "what hosts use of a registry, as registry in-use saved it; only with --inventory",
  },
} as const satisfies FlagTable;

export interface InventoryFlagValues {
  readonly inventory?: string;
  readonly now?: string;
  readonly inUse?: string;
  readonly target?: string;
}

/** The moment that decisions go by: the present, or for a saved inventory the one that was said. */
export function decisionMoment(context: CliContext, flags: InventoryFlagValues): number {
  if (flags.inventory !== undefined && flags.target !== undefined) {
    throw usageError(
      "--inventory takes the place of a target: give one of --inventory and --target",
    );
  }
  if (flags.inUse !== undefined && flags.inventory === undefined) {
    throw usageError("--in-use needs --inventory: beside a registry itself the hosts are asked");
  }
  if (flags.now === undefined) return context.clock();
  if (flags.inventory === undefined) {
    throw usageError(
      "--now needs --inventory: what a target holds now is decided by the present time",
      "--at shows what would be decided on a later day.",
    );
  }
  const nowMs = /^\d{4}-\d\d-\d\dT/.test(flags.now) ? Date.parse(flags.now) : Number.NaN;
  if (Number.isNaN(nowMs))
    throw usageError(`--now "${flags.now}" is not a time; write for example 2026-11-21T12:00:00Z`);
  return nowMs;
}

/** Hands over the saved inventory that the flags name, or what the target holds now, with the target. */
export async function withInventory(
  context: CliContext,
  flags: InventoryFlagValues,
  body: (observing: Promise<Inventory>, session?: TargetSession) => Promise<ExitCode>,
  target: string | AskedTarget | undefined = flags.target,
): Promise<ExitCode> {
  if (flags.inventory !== undefined) return body(readInventory(context, flags.inventory));
  return withTarget(context, target, (session) => body(observe(context, session), session));
}

async function readInventory(context: CliContext, path: string): Promise<Inventory> {
  const { parseInventory } = await import("../inventory/parse-inventory.ts");
  const parsed = parseInventory(await readJsonFile(context, path, "inventory"));
  if ("kind" in parsed) throw usageError(`the inventory ${path} cannot be used: ${parsed.detail}`);
  return parsed;
}
