import { formatSize } from "../../../policy/size.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { BIN_FLAG, namedBin } from "../../recovery-promise.ts";
import { printable } from "../../view-human/printable.ts";
import { createProgress } from "../../view-human/progress.ts";
import { count } from "../../view-human/view-bytes.ts";
import { renderLost } from "../../view-human/view-bin.ts";
import { writeJson } from "../../view-json.ts";

const SCHEMA = "plimsoll.bin-verified/1";

export const command = defineCommand({
  operands: "",
  description:
    "Reads everything in the recovery bin again and holds it against its digests. Tells what is damaged, which images cannot " +
    "come back for it, and what to do; the status is 1 then.",
  flags: BIN_FLAG,
  examples: [{ command: "bin verify", does: "before you rely on it" }],
  async run(context, { flags }) {
    const bin = await context.openBin(namedBin(flags));
    const entries = await bin.entries();
    const progress = createProgress(context.stderr, context.clock);
    let readBytes = 0;
    const damage = await bin
      .verify(context.signal, ({ doneBytes, totalBytes }) => {
        readBytes = doneBytes;
        progress.update(`reading ${formatSize(doneBytes)} of ${formatSize(totalBytes)}`);
      })
      .finally(() => progress.end());
    const needed = new Set(damage.flatMap(({ keys }) => keys));
    if (flags.json) {
      writeJson(context.stdout, {
        schema: SCHEMA,
        location: bin.location,
        images: entries.length,
        readBytes,
        damage,
      });
    } else if (damage.length === 0) {
      const images = count(entries.length, "image");
      context.stdout.write(`${images}, ${formatSize(readBytes)} read: all as it was.\n`);
    } else {
      const lost = entries.filter(({ key }) => needed.has(key));
      const lines = damage.map(({ digest, detail }) => `${digest}: ${printable(detail)}\n`);
      context.stdout.write(lines.join(""));
      context.stdout.write(renderLost(context.stdout, lost, context.programName));
    }
    return damage.length === 0 ? EXIT.done : EXIT.failed;
  },
});
