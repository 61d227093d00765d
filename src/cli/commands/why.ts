import { explainImage, type Explanation } from "../../operations/explain-image.ts";
import { DEFAULT_PRESET, PRESET_NAMES, presetPolicy } from "../../policy/presets.ts";
import type { Policy } from "../../policy/policy.ts";
import { usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { findImage } from "../find-image.ts";
import { writeDocument } from "../json-chunks.ts";
import { suggest } from "../suggest.ts";
import { renderExplanation } from "../view-human/view-why.ts";
import { observe, withTarget } from "../with-target.ts";

/** Tried where the asked policy keeps the image: the one that takes everything unused. */
const ALTERNATIVE = "unused";

export const command = defineCommand({
  operands: "<image>",
  operandCompletion: "image",
  description:
    "Why an image is there: what uses it, what stands on it, which rule decides about it and why, what its removal " +
    "would free, how it could come back, and what would have to change. Changes nothing.",
  flags: {
    preset: {
      kind: "value",
      placeholder: "NAME",
      completion: "preset",
      help: `the policy that is asked: ${PRESET_NAMES.join(", ")} (default ${DEFAULT_PRESET})`,
    },
  },
  examples: [
    { command: "why nginx:1.27", does: "by the default policy" },
    { command: "why --preset production 3f2a9c1b77de", does: "by another one" },
  ],
  run(context, { operands: [text = ""], flags }) {
    const policy = presetOf(flags.preset ?? DEFAULT_PRESET);
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      const image = findImage(context, inventory.images, text);
      const now = new Date(context.clock()).toISOString();
      const explanation = await explainImage(inventory, image, policy, [presetOf(ALTERNATIVE)], {
        now,
        sha256: context.sha256,
      });
      if (flags.json) {
        writeDocument(context.stdout, explanationDocument(explanation));
      } else {
        const planUnused = suggest(context, flags.target, "plan", "-a");
        context.stdout.write(
          renderExplanation(context.stdout, explanation, planUnused, context.clock()),
        );
      }
      return EXIT.done;
    });
  },
});

function presetOf(name: string): Policy {
  const policy = presetPolicy(name);
  if (policy === undefined)
    throw usageError(`--preset "${name}" is not a preset`, `There are ${PRESET_NAMES.join(", ")}.`);
  return policy;
}

function explanationDocument(explanation: Explanation): object {
  const { image, state, uses, relatives, exclusive, shared, goesWith, fate, plan, otherwise } =
    explanation;
  const { blobs: _blobs, ...facts } = image;
  return {
    schema: "plimsoll.why/1",
    image: facts,
    state,
    uses,
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
    otherwise: otherwise.map((other) => ({
      policy: other.policy,
      decision: other.fate.kind,
      reasons: other.fate.kind === "keep" ? other.fate.reasons : undefined,
    })),
  };
}
