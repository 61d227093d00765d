import { defineCommand } from "../../command.ts";
import { setPinned } from "../../set-pinned.ts";
import { BIN_FLAG } from "../../recovery-promise.ts";

export const command = defineCommand({
  operands: "<image...>",
  description:
    "Lets pinned images of the recovery bin go when their time is over, as without the pin.",
  flags: BIN_FLAG,
  examples: [{ command: "bin unpin app:1.4", does: "it goes when its time is over" }],
  run: (context, { operands, flags }) => setPinned(context, operands, flags, false),
});
