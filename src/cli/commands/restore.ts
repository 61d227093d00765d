import { familiarName, parseReference, formatReference } from "../../oci/reference.ts";
import type { Restored } from "../../operations/target-session.ts";
import type { BinEntry } from "../../ports/recovery-bin.ts";
import type { CliContext } from "../cli-context.ts";
import { CliError, usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { printable } from "../view-human/printable.ts";
import { writeJson } from "../view-json.ts";
import { withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<image...>",
  description:
    "Gives images of the recovery bin back to an engine, with the names that they had. A name that means another image by " +
    "now is left to that one, and told.",
  flags: {},
  examples: [
    { command: "restore app:1.4", does: "the latest image of that name that was removed" },
    { command: "restore 3f2a9c1b77de", does: "by the ID that it had" },
  ],
  run(context, { operands, flags }) {
    return withTarget(context, flags.target, async (session) => {
      const { recovery } = session;
      if (recovery === undefined)
        throw usageError(`${session.target.kind} targets cannot take images back yet`);
      const bin = await recovery.openBin();
      const entries = await bin.entries();
      const chosen = operands.map((text) => findEntry(context, entries, text));
      const restored: Restored[] = [];
      for (const entry of chosen) {
        const one = await recovery.restore(entry, context.signal);
        restored.push(one);
        if (!flags.json) context.stdout.write(describe(one));
      }
      if (flags.json) writeJson(context.stdout, restored);
      return EXIT.done;
    });
  },
});

/** The image of that name or ID that was removed last. */
function findEntry(context: CliContext, entries: readonly BinEntry[], text: string): BinEntry {
  const reference = parseReference(text);
  const name = "kind" in reference ? undefined : formatReference(reference);
  const hex = text.replace(/^sha256:/, "");
  const isId = /^[0-9a-f]{7,64}$/.test(hex);
  const found = entries
    .filter(
      ({ image }) =>
        (name !== undefined && image.references.includes(name)) ||
        (isId && image.id.slice("sha256:".length).startsWith(hex)),
    )
    .toSorted((a, b) => (a.image.removedAt < b.image.removedAt ? 1 : -1));
  const [latest] = found;
  if (latest !== undefined) return latest;
  throw new CliError(`the recovery bin has no image "${text}"`, [
    `${context.programName} bin list shows what it has.`,
  ]);
}

function describe({ image, id, references, taken, lostRepoDigests }: Restored): string {
  const lines = [
    `Restored ${references.map(familiarName).join(", ") || id}${id === image.id ? "" : ` as ${id}`}`,
    ...taken.map(
      ({ reference, by }) =>
        `  ${familiarName(reference)} means ${by} by now and was left to it; this one is ${id}`,
    ),
    ...lostRepoDigests.map(
      (name) => `  docker pull ${familiarName(name)} gives its name by digest back`,
    ),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}
