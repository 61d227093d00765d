import { familiarName } from "../../oci/reference.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { transferOf } from "../transfer.ts";
import { existingImage, normalisedReference } from "../typed-name.ts";
import { writeJson } from "../view-json.ts";
import { withTarget } from "../with-target.ts";

export const command = defineCommand({
  operands: "<image> <name>",
  operandCompletion: "image",
  description:
    "Gives an image another name. A name that meant another image means this one from then on.",
  flags: {},
  examples: [
    { command: "tag app:1.4 app:stable", does: "a second name" },
    { command: "tag 3f2a9c1b77de registry.example.com/team/app:1.4", does: "a name to push by" },
  ],
  run(context, { operands, flags }) {
    const image = existingImage(operands[0] ?? "");
    const reference = normalisedReference(operands[1] ?? "");
    return withTarget(context, flags.target, async (session) => {
      await transferOf(session).tag(image, reference);
      if (flags.json) writeJson(context.stdout, { image, reference });
      else context.stdout.write(`${familiarName(reference)} is ${familiarName(image)}\n`);
      return EXIT.done;
    });
  },
});
