import { defineCommand } from "../command.ts";
import { runTransfer, TRANSFER_FLAGS } from "../transfer-command.ts";

export const command = defineCommand({
  operands: "<name>",
  operandCompletion: "image",
  description: "Sends an image to its registry, with the credentials of the docker CLI.",
  flags: TRANSFER_FLAGS,
  examples: [
    { command: "push registry.example.com/team/app:1.4", does: "with progress" },
    {
      command: "push --platform linux/arm64 -q alpine:3.22",
      does: "one platform of a multi-platform image",
    },
  ],
  run: (context, invocation) => runTransfer("push", context, invocation),
});
