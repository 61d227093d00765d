import { defineCommand } from "../../command.ts";
import { setPinned } from "../../set-pinned.ts";
import { BIN_FLAG } from "../../recovery-promise.ts";

export const command = defineCommand({
  operands: "<image...>",
  description:
    "Keeps images in the recovery bin whatever their age and whatever the bin takes, until they are unpinned.",
  flags: BIN_FLAG,
  examples: [
    { command: "bin pin app:1.4", does: "the latest image of that name that was removed" },
  ],
  run: (context, { operands, flags }) => setPinned(context, operands, flags, true),
});
