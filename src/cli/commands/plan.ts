import type { Inventory } from "../../inventory/inventory.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CliContext } from "../cli-context.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand, type FlagTable, type FlagValues } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { readJsonFile, writeJsonFile } from "../json-file.ts";
import {
  POLICY_FLAGS,
  policyOf,
  PRESET_GLOSSARY,
  retypedPolicyFlags,
  shellQuote,
} from "../policy-flags.ts";
import { planObserved } from "../plan-observed.ts";
import { observe, withTarget } from "../with-target.ts";

const FLAGS = {
  ...POLICY_FLAGS,
  output: {
    kind: "value",
    short: "o",
    placeholder: "FILE",
    completion: "file",
    help: "write the plan to a file for apply",
  },
  allKept: { kind: "switch", help: "list everything that is kept, each with its reason" },
  inventory: {
    kind: "value",
    placeholder: "FILE",
    completion: "file",
    help: "plan for a saved inventory (- is standard input) instead of a target",
  },
  now: {
    kind: "value",
    placeholder: "TIME",
    help: "decide as of this moment (RFC 3339); only with --inventory",
  },
} as const satisfies FlagTable;

export const command = defineCommand({
  operands: "",
  description:
    "Shows what may go, why, and how many bytes each removal really frees. Changes nothing.\n" +
    "Without flags: dangling images older than one hour.",
  flags: FLAGS,
  glossary: PRESET_GLOSSARY,
  examples: [
    { command: "plan", does: "what is safe to remove at any time" },
    { command: "plan -a", does: "what docker image prune -a would take" },
    {
      command: "plan --unused-for 30d --keep-last 3",
      does: "unused for a month, but never the 3 latest of a repository",
    },
    { command: "plan --free 10GB -o plan.json", does: "the least valuable 10 GB, saved for apply" },
    {
      command: "plan --inventory host.json --now 2026-11-21T12:00:00Z",
      does: "with no engine at all",
    },
  ],
  async run(context, { flags }) {
    const nowMs = momentOf(context, flags);
    const policy = policyOf(flags, nowMs);
    const planFrom = async (observing: Promise<Inventory>): Promise<typeof EXIT.done> => {
      const plan = await planObserved(context, observing, policy, flags.filter, () => nowMs);
      await present(context, plan, flags);
      return EXIT.done;
    };
    if (flags.inventory !== undefined) return planFrom(readInventory(context, flags.inventory));
    return withTarget(context, flags.target, (session) => planFrom(observe(context, session)));
  },
});

type Flags = FlagValues<typeof FLAGS> & { readonly target?: string; readonly json?: boolean };

function momentOf(context: CliContext, flags: Flags): number {
  if (flags.inventory !== undefined && flags.target !== undefined) {
    throw usageError(
      "--inventory takes the place of a target: give one of --inventory and --target",
    );
  }
  if (flags.now === undefined) return context.clock();
  if (flags.inventory === undefined) {
    throw usageError(
      "--now needs --inventory: what a target holds now is decided by the present time",
    );
  }
  const nowMs = /^\d{4}-\d\d-\d\dT/.test(flags.now) ? Date.parse(flags.now) : Number.NaN;
  if (Number.isNaN(nowMs))
    throw usageError(`--now "${flags.now}" is not a time; write for example 2026-11-21T12:00:00Z`);
  return nowMs;
}

async function readInventory(context: CliContext, path: string): Promise<Inventory> {
  const { parseInventory } = await import("../../inventory/parse-inventory.ts");
  const parsed = parseInventory(await readJsonFile(context, path, "inventory"));
  if ("kind" in parsed) throw usageError(`the inventory ${path} cannot be used: ${parsed.detail}`);
  return parsed;
}

async function present(context: CliContext, plan: Plan, flags: Flags): Promise<void> {
  const { stdout } = context;
  if (flags.output !== undefined) await writeJsonFile(context, flags.output, plan);
  if (flags.json) {
    writeDocument(stdout, plan);
    return;
  }
  const { renderPlan } = await import("../view-human/view-plan.ts");
  stdout.write(renderPlan(stdout, plan, flags.allKept ? "listed" : "counted"));
  const hints = waysOn(context, plan, flags);
  if (hints.length > 0) stdout.write(`\n${hints.join("\n")}\n`);
}

/** What the user can do next, with what they have typed so far. */
function waysOn(context: CliContext, plan: Plan, flags: Flags): readonly string[] {
  const { programName } = context;
  const hints: string[] = [];
  if (plan.kept.length > 0 && !flags.allKept) hints.push("Why each is kept: --all-kept");
  const chosen = retypedPolicyFlags(flags);
  if (plan.actions.length === 0) {
    if (chosen === "") hints.push(`Unused images that have a tag: ${programName} plan -a`);
    return hints;
  }
  if (flags.inventory !== undefined && flags.output === undefined) return hints;
  const target = flags.target === undefined ? [] : ["-t", shellQuote(flags.target)];
  const what = flags.output === undefined ? chosen : shellQuote(flags.output);
  const words = [programName, "apply", ...target, what].filter((word) => word !== "");
  return [...hints, `Carry it out:     ${words.join(" ")}`];
}
