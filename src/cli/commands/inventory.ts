import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { outputFlag } from "../file-flags.ts";
import { writeDocument } from "../json-chunks.ts";
import { writeJsonFile } from "../json-file.ts";
import { count } from "../view-human/view-bytes.ts";
import { observe, withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Writes everything that the target holds as one JSON document (plimsoll.inventory/1, see docs/json.md). " +
    "It can be kept, compared, and planned for later with plan --inventory.",
  flags: {
    output: outputFlag("write to a file, at once or not at all"),
  },
  examples: [
    { command: "inventory -o host.json", does: "saves what is there now" },
    { command: "inventory | jq '.images | length'", does: "hands it to another program" },
    { command: "inventory -t oci:./images", does: "of an OCI image layout" },
  ],
  run(context, { flags }) {
    return withTarget(context, flags.target, async (session) => {
      const inventory = await observe(context, session);
      if (flags.output === undefined || flags.output === "-") {
        writeDocument(context.stdout, inventory);
        return EXIT.done;
      }
      await writeJsonFile(context, flags.output, inventory);
      context.stderr.write(
        `${count(inventory.images.length, "image")} written to ${flags.output}\n`,
      );
      return EXIT.done;
    });
  },
});
