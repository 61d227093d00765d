import type { Inventory } from "../../inventory/inventory.ts";
import type { TargetSession } from "../../operations/target-session.ts";
import type { Plan } from "../../plan/plan.ts";
import type { CliContext } from "../cli-context.ts";
import { aim } from "../asked-target.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand, type FlagTable, type FlagValues } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { outputFlag } from "../file-flags.ts";
import { writeDocument } from "../json-chunks.ts";
import { writeJsonFile } from "../json-file.ts";
import {
  POLICY_FLAGS,
  policyOf,
  PRESET_GLOSSARY,
  retypedPolicyFlags,
  shellQuote,
} from "../policy-flags.ts";
import { planObserved } from "../plan-observed.ts";
import {
  brokenPromise,
  namedBin,
  RECOVERY_FLAGS,
  retypedRecoveryFlags,
  VOLUME_FLAG,
  withRecoveryFlags,
} from "../recovery-promise.ts";
import { decisionMoment, INVENTORY_FLAGS, withInventory } from "../saved-inventory.ts";

const FLAGS = {
  ...POLICY_FLAGS,
  output: outputFlag("write the plan to a file for apply"),
  allKept: { kind: "switch", help: "list everything that is kept, each with its reason" },
  ...RECOVERY_FLAGS,
  ...VOLUME_FLAG,
  ...INVENTORY_FLAGS,
  at: {
    kind: "value",
    placeholder: "TIME",
    help: "what would be decided on a later day (2027-01-01) or at a later moment (RFC 3339); only to look at",
  },
} as const satisfies FlagTable;

export const command = defineCommand({
  operands: "",
  description:
    "Shows what may go, why, and how many bytes each removal really frees. Changes nothing. " +
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
    { command: "plan -p policy.yaml", does: "what a policy file lets go" },
    { command: "plan --free 10GB -o plan.json", does: "the least valuable 10 GB, saved for apply" },
    {
      command: "plan --inventory host.json --now 2026-11-21T12:00:00Z",
      does: "with no engine at all",
    },
    {
      command: "plan --at 2027-01-01",
      does: "what would go on that day, if nothing changed until then",
    },
  ],
  async run(context, { flags }) {
    const nowMs = laterMoment(context, flags) ?? decisionMoment(context, flags);
    const asked = withRecoveryFlags(await policyOf(context, flags, nowMs), flags);
    const { target, policy } = aim(flags, asked);
    const show = async (
      observing: Promise<Inventory>,
      session?: TargetSession,
    ): Promise<typeof EXIT.done> => {
      const plan = await planObserved(context, observing, {
        policy,
        filters: flags.filter,
        session,
        inUse: flags.inUse,
        binDirectory: namedBin(flags),
        clock: () => nowMs,
      });
      const promise = brokenPromise(policy, plan);
      if (promise !== undefined)
        context.stderr.write(`${context.programName}: warning: ${promise}\n`);
      await present(
        context,
        flags.at === undefined ? plan : await markedAsOf(context, plan),
        flags,
      );
      return EXIT.done;
    };
    return withInventory(context, flags, show, target);
  },
});

type Flags = FlagValues<typeof FLAGS> & { readonly target?: string; readonly json?: boolean };

/** The moment that `--at` asks about. Only a saved inventory can be asked about an earlier one than the present. */
function laterMoment(context: CliContext, flags: Flags): number | undefined {
  const { at, now, inventory } = flags;
  if (at === undefined) return undefined;
  if (now !== undefined) throw usageError("--now and --at both say when: give one of them");
  // Checks what --inventory does not go with.
  const presentMs = decisionMoment(context, flags);
  const atMs = /^\d{4}-\d\d-\d\d(?:T|$)/.test(at) ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(atMs))
    throw usageError(
      `--at "${at}" is not a time; write for example 2027-01-01 or 2027-01-01T12:00:00Z`,
    );
  if (inventory === undefined && atMs < presentMs) {
    throw usageError(
      `--at ${at} is over: what the target held then is not known`,
      "A saved inventory can be decided about at any moment: --inventory FILE --at TIME.",
    );
  }
  return atMs;
}

async function markedAsOf(context: CliContext, plan: Plan): Promise<Plan> {
  const { asOfLater } = await import("../../plan/as-of.ts");
  return asOfLater(plan, context.sha256);
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
  if (plan.asOf !== undefined) return hints;
  if (flags.inventory !== undefined && flags.output === undefined) return hints;
  const target = flags.target === undefined ? [] : ["-t", shellQuote(flags.target)];
  const what = flags.output === undefined ? chosen : shellQuote(flags.output);
  const recovery = flags.output === undefined ? retypedRecoveryFlags(flags) : "";
  const words = [programName, "apply", ...target, what, recovery].filter((word) => word !== "");
  return [...hints, `Carry it out:     ${words.join(" ")}`];
}
