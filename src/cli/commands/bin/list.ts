import { keptUntilMs } from "../../../operations/retain-bin.ts";
import type { BinEntry } from "../../../ports/recovery-bin.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { BIN_FLAG, namedBin } from "../../recovery-promise.ts";
import { printable } from "../../view-human/printable.ts";
import { renderBinList } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";

const SCHEMA = "plimsoll.bin/1";

export const command = defineCommand({
  operands: "",
  description:
    "Lists the images in the recovery bin, the latest first: what they were called, where they were removed, what they " +
    "take there, and for how long they are kept. What images share is stored once, so that the sizes may add up to more " +
    "than the bin takes.",
  flags: BIN_FLAG,
  examples: [{ command: "bin list", does: "what can come back" }],
  async run(context, { flags }) {
    const bin = await context.openBin(namedBin(flags));
    const entries = (await bin.entries()).toSorted(latestFirst);
    const recipients = await bin.encryption.recipients();
    if (flags.json) {
      const { location } = bin;
      const listed = entries.map(withDeadline);
      writeJson(context.stdout, { schema: SCHEMA, location, recipients, entries: listed });
    } else if (entries.length === 0) {
      context.stdout.write(`The recovery bin ${bin.location} is empty.\n`);
    } else {
      context.stdout.write(renderBinList(context.stdout, entries, context.clock()));
    }
    if (!flags.json && recipients.length > 0)
      context.stdout.write(
        describeEncryption(recipients, await bin.encryption.isUnfinished(), context.programName),
      );
    return EXIT.done;
  },
});

function latestFirst(a: BinEntry, b: BinEntry): number {
  return a.image.removedAt < b.image.removedAt ? 1 : -1;
}

function describeEncryption(
  recipients: readonly string[],
  isUnfinished: boolean,
  programName: string,
): string {
  const to = recipients.map(printable).join(", ");
  if (!isUnfinished) return `Encrypted to ${to}\n`;
  return `Encrypted to ${to}, but for some of it: ${programName} bin encrypt goes on.\n`;
}

/** `keptUntil` is absent for what is pinned, and where the removal's own time cannot be read. */
function withDeadline(entry: BinEntry): BinEntry & { readonly keptUntil?: string } {
  const untilMs = entry.pinned ? undefined : keptUntilMs(entry.image);
  return untilMs === undefined ? entry : { ...entry, keptUntil: new Date(untilMs).toISOString() };
}
