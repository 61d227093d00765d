import { alreadyApplied, notForNow, otherTarget } from "../../operations/apply-refusal.ts";
import { addressOfKey, isMadeFor, targetKey } from "../../operations/target-key.ts";
import type { TargetSession } from "../../operations/target-session.ts";
import { looksAheadTo } from "../../plan/as-of.ts";
import { parsePlan, type PlanProblem } from "../../plan/parse-plan.ts";
import type { Plan } from "../../plan/plan.ts";
import { aim } from "../asked-target.ts";
import { carryOut, CONSENT_FLAGS } from "../carry-out.ts";
import type { CliContext } from "../cli-context.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { planObserved } from "../plan-observed.ts";
import { readJsonFile } from "../json-file.ts";
import { POLICY_FLAGS, policyOf, PRESET_GLOSSARY, retypedPolicyFlags } from "../policy-flags.ts";
import {
  namedBin,
  RECOVERY_FLAGS,
  refuseBrokenPromise,
  refuseWithoutRoom,
  withRecoveryFlags,
} from "../recovery-promise.ts";
import { renderPlan } from "../view-human/view-plan.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "[plan.json]",
  operandCompletion: "file",
  description:
    "Carries a plan out: the one in the file, or one made now from the same flags as plan. " +
    "Looks at each thing again right before it is removed; what has changed since the plan is left alone. " +
    "Ctrl-C finishes the removals in flight and stops; a second one ends at once.",
  flags: { ...POLICY_FLAGS, ...CONSENT_FLAGS, ...RECOVERY_FLAGS },
  glossary: PRESET_GLOSSARY,
  examples: [
    {
      command: "apply plan.json",
      does: "shows the plan again and asks; a registry's plan says which",
    },
    { command: "apply -p policy.yaml -t build", does: "to the target that the policy calls build" },
    { command: "apply --preset ci --yes", does: "plans and applies without a question" },
    { command: "apply --json --yes plan.json", does: "the report as JSON" },
  ],
  async run(context, { operands, flags }) {
    const consent = {
      yes: flags.yes ?? false,
      beyondLimits: flags.beyondLimits ?? false,
      json: flags.json ?? false,
      yesFlag: "--yes",
      binDirectory: namedBin(flags),
    };
    const [path] = operands;
    const show = (plan: Plan): void => {
      if (!consent.json) context.stdout.write(renderPlan(context.stdout, plan, "counted"));
    };
    if (path !== undefined) {
      if (retypedPolicyFlags(flags) !== "" || flags.noRecovery) {
        throw usageError(
          "a plan file says what to remove: give the file or flags that choose, not both",
        );
      }
      const plan = await readPlan(context, path);
      const target = flags.target ?? addressOfKey(targetKey(plan.target, plan.target.id));
      return withTarget(context, target, async (session) => {
        await refuseEarly(context, session, plan);
        // The run measures by what is there now, and here the reading can be followed.
        await observe(context, session);
        show(plan);
        refuseWithoutRoom(plan);
        return carryOut(context, session, plan, consent);
      });
    }
    const asked = withRecoveryFlags(await policyOf(context, flags, context.clock()), flags);
    const { target, policy } = aim(flags, asked);
    return withTarget(context, target, async (session) => {
      const plan = await planObserved(context, observe(context, session), {
        policy,
        filters: flags.filter,
        session,
        binDirectory: namedBin(flags),
      });
      show(plan);
      refuseBrokenPromise(policy, plan);
      return carryOut(context, session, plan, consent);
    });
  },
});

/** `apply` refuses these by itself; here it is before anybody looks at the plan and is asked. */
async function refuseEarly(context: CliContext, session: TargetSession, plan: Plan): Promise<void> {
  const ahead = looksAheadTo(plan, context.clock());
  if (ahead !== undefined) throw notForNow(ahead);
  if (!isMadeFor(plan, session.target, await session.key()))
    throw otherTarget(plan, session.target);
  const run = (await context.openHistory()).runOfPlan(plan.id);
  if (run !== undefined) throw alreadyApplied(run);
}

async function readPlan(context: CliContext, path: string): Promise<Plan> {
  const parsed = parsePlan(await readJsonFile(context, path, "plan"), context.sha256);
  if (!("kind" in parsed)) return parsed;
  throw usageError(`the plan ${path} cannot be applied: ${parsed.detail}`, REMEDIES[parsed.kind]);
}

const NEW_PLAN = "Make a new plan: plimsoll plan -o plan.json.";
const REMEDIES: Readonly<Record<PlanProblem["kind"], string>> = {
  "not-a-plan": NEW_PLAN,
  "newer-schema":
    "Apply it with the version of Plimsoll that made it, or make a new plan with this one.",
  malformed: NEW_PLAN,
  altered: NEW_PLAN,
};
