import { formatSize } from "../../../policy/size.ts";
import { defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { printable } from "../../view-human/printable.ts";
import { writeJson } from "../../view-json.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Reads everything in the recovery bin again and tells what is damaged, and which images need it.",
  flags: {},
  examples: [{ command: "bin verify", does: "before you rely on it" }],
  async run(context, { flags }) {
    const bin = await context.openBin();
    const entries = await bin.entries();
    const damage = await bin.verify(context.signal);
    if (flags.json) {
      writeJson(context.stdout, { location: bin.location, images: entries.length, damage });
    } else if (damage.length === 0) {
      const bytes = formatSize(entries.reduce((sum, { storedBytes }) => sum + storedBytes, 0));
      context.stdout.write(`${entries.length} images, ${bytes} at most: all as they were.\n`);
    } else {
      for (const { digest, detail, keys } of damage) {
        const names = entries
          .filter(({ key }) => keys.includes(key))
          .map(({ image }) => image.references[0] ?? image.id);
        const whose = names.length === 0 ? "no image needs it" : `needed by ${names.join(", ")}`;
        context.stdout.write(`${digest}: ${printable(detail)}; ${printable(whose)}\n`);
      }
    }
    return damage.length === 0 ? EXIT.done : EXIT.failed;
  },
});
