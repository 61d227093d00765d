import { defineCommand } from "../command.ts";
import { runTransfer, TRANSFER_FLAGS } from "../transfer-command.ts";

export const command = defineCommand({
  operands: "<name>",
  description: "Fetches an image from its registry, with the credentials of the docker CLI.",
  flags: TRANSFER_FLAGS,
  examples: [
    { command: "pull registry.example.com/team/app:1.4", does: "with progress" },
    {
      command: "pull --platform linux/arm64 -q alpine:3.22",
      does: "a multi-platform image for one platform",
    },
  ],
  run: (context, invocation) => runTransfer("pull", context, invocation),
});
