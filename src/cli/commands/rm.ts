import type { Inventory } from "../../inventory/inventory.ts";
import { nearNames } from "../../inventory/near-names.ts";
import { shortDigest } from "../../oci/digest.ts";
import { familiarName } from "../../oci/reference.ts";
import { planRemovalOf, type SelectedRemovals } from "../../plan/select-removals.ts";
import { carryOut, CONSENT_FLAGS } from "../carry-out.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { writeDocument } from "../json-chunks.ts";
import { printable } from "../view-human/printable.ts";
import { describeBlocked } from "../view-human/view-blocked.ts";
import { renderPlan } from "../view-human/view-plan.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<image...>",
  operandCompletion: "image",
  description:
    "Removes images by name, ID or pattern (* stays within one segment of a name, ** does not).\n" +
    "A name that is not the image's last is only taken off. What a container or another image needs\n" +
    "stays, and what is in the way is named.",
  flags: {
    withContainers: { kind: "switch", help: "remove stopped containers that use the images first" },
    dryRun: { kind: "switch", help: "only show what would go" },
    ...CONSENT_FLAGS,
  },
  examples: [
    { command: "rm app:1.3 3f2a9c1b77de", does: "by name and by ID" },
    { command: "rm 'registry.example.com/team/*:dev-*'", does: "by pattern, quoted for the shell" },
    {
      command: "rm --with-containers app:1.3",
      does: "its stopped containers first, then the image",
    },
  ],
  run(context, { operands, flags }) {
    const json = flags.json ?? false;
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      const selection = { patterns: operands, withContainers: flags.withContainers ?? false };
      const now = new Date(context.clock()).toISOString();
      const selected = planRemovalOf(inventory, selection, now, context.sha256);
      const { plan } = selected;
      const applies = !flags.dryRun && plan.actions.length > 0;
      if (json && !applies) writeDocument(context.stdout, selected);
      if (!json && plan.actions.length > 0) {
        context.stdout.write(renderPlan(context.stdout, plan, "hidden"));
      }
      const problems = describeProblems(selected, inventory, context.programName);
      for (const line of problems) context.stderr.write(`${line}\n`);
      const complete = problems.length === 0;
      if (!applies) return complete ? EXIT.done : EXIT.failed;
      const code = await carryOut(context, session, plan, {
        yes: flags.yes ?? false,
        beyondLimits: flags.beyondLimits ?? false,
        json,
        yesFlag: "--yes",
      });
      return code === EXIT.done && !complete ? EXIT.partly : code;
    });
  },
});

/** Whatever was named and does not go, line by line. */
function describeProblems(
  { blocked, unmatched, ambiguous }: SelectedRemovals,
  inventory: Inventory,
  programName: string,
): readonly string[] {
  const references = inventory.images.flatMap((image) => image.references);
  return [
    ...describeBlocked(blocked, programName),
    ...unmatched.map((pattern) => describeUnmatched(pattern, nearNames(references, pattern))),
    ...ambiguous.map(
      ({ pattern, imageIds }) =>
        `"${pattern}" could be any of ${imageIds.map(shortDigest).join(", ")}`,
    ),
  ];
}

function describeUnmatched(pattern: string, near: readonly string[]): string {
  const names = near.map((name) => printable(familiarName(name)));
  const hint = names.length === 0 ? "" : `; did you mean ${names.join(" or ")}?`;
  return `no image matches "${pattern}"${hint}`;
}
