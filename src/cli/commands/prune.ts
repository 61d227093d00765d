import { aim } from "../asked-target.ts";
import { carryOut, CONSENT_FLAGS } from "../carry-out.ts";
import { defineCommand } from "../command.ts";
import { planObserved } from "../plan-observed.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { POLICY_FLAGS, policyOf, PRESET_GLOSSARY } from "../policy-flags.ts";
import {
  namedBin,
  RECOVERY_FLAGS,
  refuseBrokenPromise,
  VOLUME_FLAG,
  withRecoveryFlags,
} from "../recovery-promise.ts";
import { renderPlan } from "../view-human/view-plan.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Plans and applies in one step, with the flags of docker image prune and those of plan. " +
    "Without flags: dangling images older than one hour.",
  flags: {
    ...POLICY_FLAGS,
    force: { kind: "switch", short: "f", help: "do not ask; needed where there is no terminal" },
    beyondLimits: CONSENT_FLAGS.beyondLimits,
    ...RECOVERY_FLAGS,
    ...VOLUME_FLAG,
    dryRun: { kind: "switch", help: "only show the plan" },
  },
  glossary: PRESET_GLOSSARY,
  examples: [
    { command: "prune", does: "dangling images, after a question" },
    {
      command: "prune -a --filter until=24h -f",
      does: "as docker would, but never what is in use",
    },
    { command: "prune --free 20GB --dry-run", does: "what would go to free 20 GB" },
  ],
  async run(context, { flags }) {
    const asked = withRecoveryFlags(await policyOf(context, flags, context.clock()), flags);
    const { target, policy } = aim(flags, asked);
    const json = flags.json ?? false;
    return withTarget(context, target, async (session) => {
      const binDirectory = namedBin(flags);
      const plan = await planObserved(context, observe(context, session), {
        policy,
        filters: flags.filter,
        session,
        binDirectory,
      });
      if (json && flags.dryRun) writeDocument(context.stdout, plan);
      if (!json) context.stdout.write(renderPlan(context.stdout, plan, "counted"));
      if (flags.dryRun) return EXIT.done;
      refuseBrokenPromise(policy, plan);
      return carryOut(context, session, plan, {
        yes: flags.force ?? false,
        beyondLimits: flags.beyondLimits ?? false,
        json,
        yesFlag: "--force",
        binDirectory,
      });
    });
  },
});
