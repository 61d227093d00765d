import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { findBinEntry } from "../../find-bin-entry.ts";
import { BIN_FLAG, namedBin } from "../../recovery-promise.ts";
import { renderBinEntry } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";

const SCHEMA = "plimsoll.bin-image/1";

export const command = defineCommand({
  operands: "<image>",
  description:
    "Shows everything known of an image in the recovery bin: its names and digests, where and by which plan it was removed, " +
    "until when it is kept, and each piece that it is made of, with what shares it.",
  flags: BIN_FLAG,
  examples: [
    { command: "bin show app:1.4", does: "the latest image of that name that was removed" },
    { command: "bin show 3f2a9c1b77de --json", does: "by the ID that it had, for a program" },
  ],
  async run(context, { operands, flags }) {
    const bin = await context.openBin(namedBin(flags));
    const entries = await bin.entries();
    const entry = findBinEntry(entries, operands[0] ?? "", {}, context.programName);
    const parts = await bin.partsOf(entry);
    const others = new Map(entries.map((each) => [each.key, each]));
    if (flags.json)
      writeJson(context.stdout, { schema: SCHEMA, location: bin.location, entry, parts });
    else context.stdout.write(renderBinEntry(context.stdout, entry, parts, others));
    return EXIT.done;
  },
});
