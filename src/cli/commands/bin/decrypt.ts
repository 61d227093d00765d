import { IDENTITY_FLAG, openNamedBin } from "../../bin-identity.ts";
import { defineCommand } from "../../command.ts";
import { convertBin } from "../../convert-bin.ts";
import { BIN_FLAG } from "../../recovery-promise.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Decrypts everything in the recovery bin; what is put there from now on is not encrypted. Needs an identity that opens all " +
    "of it: without one nothing is changed. What was interrupted goes on where it ended.",
  flags: { ...IDENTITY_FLAG, ...BIN_FLAG },
  examples: [{ command: "bin decrypt --identity key.txt", does: "before other recipients get it" }],
  async run(context, { flags }) {
    const bin = await openNamedBin(context, flags);
    return convertBin(context, bin, flags, "decrypted", (options) =>
      bin.encryption.decrypt(options),
    );
  },
});
