import type { Inventory } from "../../inventory/inventory.ts";
import { nearNames } from "../../inventory/near-names.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import { chooseWaysBack } from "../../operations/choose-ways-back.ts";
import type { TargetSession } from "../../operations/target-session.ts";
import { isPattern } from "../../plan/resolve-selection.ts";
import type { Withheld } from "../../plan/image-facts.ts";
import {
  planRemovalOf,
  type SelectedRemovals,
  type Selection,
} from "../../plan/select-removals.ts";
import type { AskedTarget } from "../asked-target.ts";
import type { Policy } from "../../policy/policy.ts";
import { carryOut, CONSENT_FLAGS } from "../carry-out.ts";
import type { CliContext } from "../cli-context.ts";
import { defineCommand } from "../command.ts";
import { engineCommand } from "../engine-command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import {
  namedBin,
  RECOVERY_FLAGS,
  recoveryOfNamed,
  refuseWithoutRoom,
  type RecoveryFlagValues,
} from "../recovery-promise.ts";
import { aimByFile, HOSTS_FLAGS, observeWithUse, type UsedInventory } from "../registry-hosts.ts";
import { recoverySources } from "../recovery-sources.ts";
import { suggest } from "../suggest.ts";
import { printable } from "../view-human/printable.ts";
import { createProgress } from "../view-human/progress.ts";
import { sayHeldBack } from "../view-human/view-ways-back.ts";
import { describeBlocked, type RemovalCommands } from "../view-human/view-blocked.ts";
import { renderPlan } from "../view-human/view-plan.ts";
import { nameProblem } from "../typed-name.ts";
import { withTarget } from "../with-target.ts";

/** Those that docker is configured for are asked. */
const NO_WORD_OF_HOSTS: Policy = { source: "rm", protect: [], images: [] };

export const command = defineCommand({
  operands: "<image...>",
  operandCompletion: "image",
  description:
    "Removes images by name, ID or pattern (* stays within one segment of a name, ** does not). " +
    "A name that is not the image's last is only taken off. What a container or another image needs " +
    "stays, and what is in the way is named.",
  flags: {
    withContainers: { kind: "switch", help: "remove stopped containers that use the images first" },
    dryRun: { kind: "switch", help: "only show what would go" },
    ...HOSTS_FLAGS,
    ...CONSENT_FLAGS,
    ...RECOVERY_FLAGS,
  },
  examples: [
    { command: "rm app:1.3 3f2a9c1b77de", does: "by name and by ID" },
    { command: "rm 'registry.example.com/team/*:dev-*'", does: "by pattern, quoted for the shell" },
    {
      command: "rm --with-containers app:1.3",
      does: "its stopped containers first, then the image",
    },
    {
      command: "rm -p policy.yaml -t hub registry.example.com/app:1.3",
      does: "from a registry, unless a host of the policy has it",
    },
  ],
  async run(context, { operands, flags }) {
    const json = flags.json ?? false;
    const { target, policy } = await aimByFile(context, flags);
    return withTarget(context, target, async (session) => {
      const observed = await observeWithUse(context, session, policy ?? NO_WORD_OF_HOSTS);
      const { inventory } = observed;
      const selection = { patterns: operands, withContainers: flags.withContainers ?? false };
      const binDirectory = namedBin(flags);
      const selected = await planNamed(context, session, observed, selection, flags);
      const { plan } = selected;
      const applies = !flags.dryRun && plan.actions.length > 0;
      if (json && !applies) writeDocument(context.stdout, selected);
      if (!json && plan.actions.length > 0) {
        context.stdout.write(renderPlan(context.stdout, plan, "hidden"));
      }
      const commands = removalCommands(context, inventory, target, flags.policy);
      const problems = describeProblems(selected, inventory, commands);
      for (const line of problems) context.stderr.write(`${line}\n`);
      const complete = problems.length === 0;
      if (!applies) return complete ? EXIT.done : EXIT.failed;
      refuseWithoutRoom(plan);
      const code = await carryOut(context, session, plan, {
        yes: flags.yes ?? false,
        beyondLimits: flags.beyondLimits ?? false,
        json,
        yesFlag: "--yes",
        binDirectory,
      });
      return code === EXIT.done && !complete ? EXIT.partly : code;
    });
  },
});

/** Nobody names an image to free space: what it takes in the bin is shown, and no reason to refuse. */
async function planNamed(
  context: CliContext,
  session: TargetSession,
  { inventory, foreignUse }: UsedInventory,
  selection: Selection,
  flags: RecoveryFlagValues,
): Promise<SelectedRemovals> {
  const now = new Date(context.clock()).toISOString();
  const planned = (withheld?: Withheld): SelectedRemovals =>
    planRemovalOf(inventory, selection, now, context.sha256, withheld, foreignUse);
  let selected = planned();
  const progress = createProgress(context.stderr, context.clock);
  try {
    const plan = await chooseWaysBack({
      plan: (withheld) => {
        selected = planned(withheld);
        return selected.plan;
      },
      policy: recoveryOfNamed(flags),
      inventory,
      sources: recoverySources(context, inventory.target, session, namedBin(flags)),
      frees: "is not the point",
      sha256: context.sha256,
      signal: context.signal,
      onProgress: (step, done, total) => progress.update(`${step} ${done}/${total}`),
    });
    return { ...selected, plan };
  } finally {
    progress.end();
  }
}

function removalCommands(
  context: CliContext,
  inventory: Inventory,
  target: string | AskedTarget | undefined,
  policy: string | undefined,
): RemovalCommands {
  const { spec, name = spec } = typeof target === "object" ? target : { spec: target };
  return {
    rm: suggest(context, name, "rm", ...(policy === undefined ? [] : ["-p", policy])),
    engine: engineCommand(inventory, spec),
  };
}

/** Whatever was named and does not go, line by line. */
function describeProblems(
  { plan, blocked, unmatched, ambiguous }: SelectedRemovals,
  inventory: Inventory,
  commands: RemovalCommands,
): readonly string[] {
  const references = inventory.images.flatMap((image) => image.references);
  return [
    ...describeBlocked(blocked, commands),
    ...sayHeldBack(plan.kept)
      .split("\n")
      .filter((line) => line !== ""),
    ...unmatched.map((pattern) => describeUnmatched(pattern, nearNames(references, pattern))),
    ...ambiguous.map(
      ({ pattern, imageIds }) =>
        `"${pattern}" could be any of ${imageIds.map(shortDigest).join(", ")}`,
    ),
  ];
}

function describeUnmatched(pattern: string, near: readonly string[]): string {
  const names = near.map((name) => printable(familiarName(name)));
  const problem = names.length === 0 && !isPattern(pattern) ? nameProblem(pattern) : undefined;
  if (problem !== undefined) return printable(problem);
  const hint = names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
  return `no image matches "${pattern}"${hint}`;
}
