import { explainImage, type Explanation } from "../../operations/explain-image.ts";
import { askElsewhere, knownElsewhere, type Elsewhere } from "../../operations/known-elsewhere.ts";
import type { TargetSession } from "../../operations/target-session.ts";
import type { Image } from "../../inventory/image.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { presetPolicy } from "../../policy/presets.ts";
import { aim } from "../asked-target.ts";
import type { CliContext } from "../cli-context.ts";
import { defineCommand } from "../command.ts";
import { gatherEvidence } from "../decision-evidence.ts";
import { EXIT } from "../exit-codes.ts";
import { findImage } from "../find-image.ts";
import { writeDocument } from "../json-chunks.ts";
import { ASKED_POLICY_FLAGS } from "../named-policy.ts";
import { policyOf, PRESET_GLOSSARY } from "../policy-flags.ts";
import { decisionMoment, INVENTORY_FLAGS, withInventory } from "../saved-inventory.ts";
import { suggest } from "../suggest.ts";
import { renderExplanation } from "../view-human/view-why.ts";

/** Tried where the asked policy keeps the image: the one that takes everything unused. */
const ALTERNATIVE = "unused";

export const command = defineCommand({
  operands: "<image>",
  operandCompletion: "image",
  description:
    "Why an image is there: what uses it, what stands on it, which rule decides about it and why, what its removal " +
    "would free, how it could come back, and what would have to change. Changes nothing.",
  flags: {
    ...ASKED_POLICY_FLAGS,
    ...INVENTORY_FLAGS,
    askRegistries: {
      kind: "switch",
      help: "ask the registry that the image is known to be from whether it still has all of it",
    },
  },
  glossary: PRESET_GLOSSARY,
  examples: [
    { command: "why nginx:1.27", does: "by the default policy" },
    { command: "why --preset production 3f2a9c1b77de", does: "by another one" },
    { command: "why -p policy.yaml my-app:1.2", does: "by a policy file" },
    { command: "why --ask-registries my-app:1.2", does: "and whether it can be pulled again" },
  ],
  async run(context, { operands: [text = ""], flags }) {
    const nowMs = decisionMoment(context, flags);
    const { target, policy } = aim(flags, await policyOf(context, flags, nowMs));
    const explain = async (
      observing: Promise<Inventory>,
      session?: TargetSession,
    ): Promise<typeof EXIT.done> => {
      const taken = { observing, session, nowMs };
      const { inventory, evidence } = await gatherEvidence(context, policy, flags, taken);
      const image = findImage(context, inventory.images, text, flags.target);
      const alternatives = [presetPolicy(ALTERNATIVE)].filter((each) => each !== undefined);
      const explanation = await explainImage(inventory, image, policy, alternatives, evidence);
      const elsewhere = await elsewhereOf(context, inventory, image, flags.askRegistries ?? false);
      if (flags.json) {
        writeDocument(context.stdout, explanationDocument(explanation, elsewhere));
      } else {
        const planUnused = suggest(context, flags.target, "plan", "-a");
        context.stdout.write(
          renderExplanation(context.stdout, explanation, elsewhere, planUnused, nowMs),
        );
      }
      return EXIT.done;
    };
    return withInventory(context, flags, explain, target);
  },
});

/** Of an image of a registry or a layout nothing is known about other places. */
function elsewhereOf(
  context: CliContext,
  { target }: Inventory,
  image: Image,
  isAsked: boolean,
): Elsewhere | undefined | Promise<Elsewhere> {
  if (target.kind !== "engine") return undefined;
  return isAsked
    ? askElsewhere(image, () => context.openRegistryLookup(), context.signal)
    : knownElsewhere(image);
}

function explanationDocument(explanation: Explanation, elsewhere: Elsewhere | undefined): object {
  const { image, state, uses, usedElsewhere, relatives, exclusive } = explanation;
  const { shared, goesWith, otherwise } = explanation;
  const { fate, plan, decision, turns } = explanation;
  const { blobs: _blobs, ...facts } = image;
  return {
    schema: "plimsoll.why/1",
    image: facts,
    elsewhere,
    state,
    uses,
    ...(plan.askedHosts === undefined ? {} : { askedHosts: plan.askedHosts, usedElsewhere }),
    relatives: relatives.map(({ relation, image: { id, references } }) => ({
      relation,
      id,
      references,
    })),
    accuracy: plan.accuracy,
    exclusiveBytes: exclusive.bytes,
    exclusiveDiskBytes: exclusive.diskBytes,
    sharedBytes: shared.bytes,
    goesWith: goesWith.map(({ id, references }) => ({ id, references })),
    policy: plan.policy,
    decision: fate.kind,
    action: fate.kind === "delete" ? fate.action : undefined,
    reasons: fate.kind === "keep" ? fate.reasons : undefined,
    untags: fate.kind === "keep" ? fate.untags : undefined,
    path: decision,
    turns,
    otherwise: otherwise.map((other) => ({
      policy: other.policy,
      decision: other.fate.kind,
      reasons: other.fate.kind === "keep" ? other.fate.reasons : undefined,
    })),
  };
}
