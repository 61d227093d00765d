import { CliError, usageError } from "../../cli-error.ts";
import { defineCommand } from "../../command.ts";
import { convertBin } from "../../convert-bin.ts";
import { BIN_FLAG, namedBin } from "../../recovery-promise.ts";

export const command = defineCommand({
  operands: "",
  description:
    "Encrypts the layers and configurations in the recovery bin, and from now on what is put there, to age recipients. Removing " +
    "needs no identity then; coming back does. Names, digests and sizes stay readable. What was interrupted goes on without flags.",
  flags: {
    recipient: {
      kind: "list",
      placeholder: "AGE1…",
      help: "who can read it, as age-keygen prints it; may be given several times",
    },
    ...BIN_FLAG,
  },
  examples: [
    {
      command:
        "bin encrypt --recipient age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p",
      does: "to the identity that age-keygen -o key.txt has made",
    },
  ],
  async run(context, { flags }) {
    const bin = await context.openBin(namedBin(flags));
    const present = await bin.encryption.recipients();
    const asked = [...new Set(flags.recipient)];
    const recipients = asked.length === 0 ? present : asked;
    if (recipients.length === 0)
      throw usageError(
        "say who is to read the recovery bin: --recipient AGE1…",
        "age-keygen -o key.txt makes an identity and prints its recipient.",
      );
    if (present.length > 0 && !isSame(present, recipients))
      throw new CliError(`the bin is encrypted already, to ${present.join(", ")}`, [
        `To change that, decrypt it first: ${context.programName} bin decrypt`,
      ]);
    return convertBin(context, bin, flags, "encrypted", (options) =>
      bin.encryption.encrypt(recipients, options),
    );
  },
});

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((each) => others.includes(each));
}
