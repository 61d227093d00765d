import type { Inventory } from "../../../inventory/inventory.ts";
import type { PolicyExplanation } from "../../../operations/explain-policy.ts";
import type { TargetSession } from "../../../operations/target-session.ts";
import { aim } from "../../asked-target.ts";
import { defineCommand } from "../../command.ts";
import { gatherEvidence } from "../../decision-evidence.ts";
import { EXIT } from "../../exit-codes.ts";
import { findImage } from "../../find-image.ts";
import { writeDocument } from "../../json-chunks.ts";
import { ASKED_POLICY_FLAGS } from "../../named-policy.ts";
import { policyOf, PRESET_GLOSSARY } from "../../policy-flags.ts";
import { decisionMoment, INVENTORY_FLAGS, withInventory } from "../../saved-inventory.ts";

export const command = defineCommand({
  operands: "<image>",
  operandCompletion: "image",
  description:
    "How a policy comes to its answer about an image: for each of its names every rule on the way, with file and " +
    "line, what it matched or did not match on, each criterion with its value beside its limit, and what would have " +
    "to happen for the answer to change. Changes nothing.",
  flags: { ...ASKED_POLICY_FLAGS, ...INVENTORY_FLAGS },
  glossary: PRESET_GLOSSARY,
  examples: [
    { command: "policy explain -p policy.yaml my-app:dev-12", does: "by a policy file" },
    { command: "policy explain --preset ci 3f2a9c1b77de", does: "by a built-in one" },
    {
      command:
        "policy explain -p policy.yaml my-app:1.2 --inventory host.json --now 2026-11-21T12:00:00Z",
      does: "with no engine at all",
    },
  ],
  async run(context, { operands: [text = ""], flags }) {
    const nowMs = decisionMoment(context, flags);
    const { target, policy } = aim(flags, await policyOf(context, flags, nowMs));
    const explain = async (
      observing: Promise<Inventory>,
      session?: TargetSession,
    ): Promise<typeof EXIT.done> => {
      const [{ inventory, evidence }, { explainPolicy }, { renderPolicyExplanation }] =
        await Promise.all([
          gatherEvidence(context, policy, flags, { observing, session, nowMs }),
          import("../../../operations/explain-policy.ts"),
          import("../../view-human/view-policy-explanation.ts"),
        ]);
      const image = findImage(context, inventory.images, text, flags.target);
      const explanation = await explainPolicy(inventory, image, policy, evidence);
      if (flags.json) writeDocument(context.stdout, explanationDocument(explanation));
      else context.stdout.write(renderPolicyExplanation(context.stdout, explanation));
      return EXIT.done;
    };
    return withInventory(context, flags, explain, target);
  },
});

function explanationDocument({ image, plan, fate, decision, turns }: PolicyExplanation): object {
  const { blobs: _blobs, ...facts } = image;
  return {
    schema: "plimsoll.policy-explanation/1",
    target: plan.target,
    now: plan.now,
    policy: plan.policy,
    image: facts,
    decision: fate.kind,
    action: fate.kind === "delete" ? fate.action : undefined,
    reasons: fate.kind === "keep" ? fate.reasons : undefined,
    untags: fate.kind === "keep" ? fate.untags : undefined,
    path: decision,
    turns,
  };
}
