import type { Inventory } from "../../../inventory/inventory.ts";
import type { PolicyComparison } from "../../../operations/compare-policies.ts";
import type { TargetSession } from "../../../operations/target-session.ts";
import type { Plan } from "../../../plan/plan.ts";
import { aim } from "../../asked-target.ts";
import { defineCommand } from "../../command.ts";
import { gatherEvidence } from "../../decision-evidence.ts";
import { EXIT } from "../../exit-codes.ts";
import { writeDocument } from "../../json-chunks.ts";
import { policyNamed } from "../../named-policy.ts";
import { decisionMoment, INVENTORY_FLAGS, withInventory } from "../../saved-inventory.ts";

export const command = defineCommand({
  operands: "<old> <new>",
  operandCompletion: "file",
  description:
    "What a change of policy would change: what the new one would remove that the old one keeps, what it would keep " +
    "that the old one removes, by which rule on each side, and the bytes. A policy is a file, or preset:NAME. " +
    "Changes nothing.",
  flags: INVENTORY_FLAGS,
  examples: [
    { command: "policy diff policy.yaml new.yaml", does: "on what the current target holds" },
    { command: "policy diff preset:unused policy.yaml", does: "against a built-in policy" },
    {
      command: "policy diff old.yaml new.yaml --inventory host.json --now 2026-11-21T12:00:00Z",
      does: "on a saved inventory",
    },
  ],
  async run(context, { operands: [oldText = "", newText = ""], flags }) {
    const nowMs = decisionMoment(context, flags);
    const given = await policyNamed(context, oldText);
    const { target, policy: next } = aim(flags, await policyNamed(context, newText));
    // The same target, if the old policy has one of that name.
    const old = target?.name === undefined ? given : aim({ target: target.name }, given).policy;
    const compare = async (
      observing: Promise<Inventory>,
      session?: TargetSession,
    ): Promise<typeof EXIT.done> => {
      const [{ inventory, evidence }, { comparePolicies }, { renderPolicyDiff }] =
        await Promise.all([
          gatherEvidence(context, next, flags, { observing, session, nowMs }),
          import("../../../operations/compare-policies.ts"),
          import("../../view-human/view-policy-diff.ts"),
        ]);
      const comparison = await comparePolicies(inventory, old, next, evidence);
      if (flags.json) writeDocument(context.stdout, comparisonDocument(comparison));
      else context.stdout.write(renderPolicyDiff(context.stdout, comparison));
      return EXIT.done;
    };
    return withInventory(context, flags, compare, target);
  },
});

function comparisonDocument(comparison: PolicyComparison): object {
  const { old, new: next, alsoRemoved, alsoKept, removedByBoth } = comparison;
  const outcome = ({ policy, totals, exceeds, notes }: Plan): object => ({
    policy,
    totals,
    exceeds,
    notes,
  });
  const { target, now, inventoryDigest, complete, problems, accuracy } = next;
  return {
    schema: "plimsoll.policy-diff/1",
    target,
    now,
    inventoryDigest,
    complete,
    problems,
    accuracy,
    old: outcome(old),
    new: outcome(next),
    alsoRemoved,
    alsoKept,
    removedByBoth,
  };
}
