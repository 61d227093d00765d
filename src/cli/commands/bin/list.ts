import { familiarName } from "../../../oci/reference.ts";
import { shortDigest } from "../../../oci/digest.ts";
import { formatDuration } from "../../../policy/duration.ts";
import { formatSize } from "../../../policy/size.ts";
import type { BinEntry } from "../../../ports/recovery-bin.ts";
import type { CliContext } from "../../cli-context.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { printable } from "../../view-human/printable.ts";
import { renderTable } from "../../view-human/table.ts";
import { writeJson } from "../../view-json.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Lists the images in the recovery bin, the latest first: what they were called, where they were removed, what they " +
    "take there. What images share is stored once, so that the sizes may add up to more than the bin takes.",
  flags: {},
  examples: [{ command: "bin list", does: "what can come back" }],
  async run(context, { flags }) {
    const bin = await context.openBin();
    const entries = newestFirst(await bin.entries());
    if (flags.json) writeJson(context.stdout, { location: bin.location, entries });
    else context.stdout.write(renderEntries(context, entries, bin.location));
    return EXIT.done;
  },
});

function newestFirst(entries: readonly BinEntry[]): readonly BinEntry[] {
  return entries.toSorted((a, b) => (a.image.removedAt < b.image.removedAt ? 1 : -1));
}

function renderEntries(
  context: CliContext,
  entries: readonly BinEntry[],
  location: string,
): string {
  if (entries.length === 0) return `The recovery bin ${location} is empty.\n`;
  return renderTable(
    context.stdout,
    [
      { title: "IMAGE", shrinks: true },
      { title: "ID" },
      { title: "REMOVED" },
      { title: "FROM", shrinks: true },
      { title: "SIZE", align: "right" },
      { title: "" },
    ],
    entries.map(({ image, storedBytes, pinned }) => [
      printable(image.references.map(familiarName).join(", ") || "<none>"),
      shortDigest(image.id),
      `${formatDuration(context.clock() - Date.parse(image.removedAt))} ago`,
      printable(image.targetName),
      formatSize(storedBytes),
      pinned ? "pinned" : "",
    ]),
  );
}
