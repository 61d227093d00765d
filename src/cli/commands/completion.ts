import { usageError } from "../cli-error.ts";
import { defineCommand } from "../command.ts";
import { COMPLETION_SCRIPTS } from "../completion/scripts.ts";
import { EXIT } from "../exit-codes.ts";

const SHELLS = Object.keys(COMPLETION_SCRIPTS);

export const command = defineCommand({
  operands: "<shell>",
  operandChoices: SHELLS,
  description:
    "Prints a completion script for bash, zsh or fish: commands, flags, presets, docker contexts and the target's images. " +
    'docker completes "docker plimsoll" by itself once the plug-in is installed.',
  flags: {},
  takesTarget: false,
  examples: [
    {
      command: "completion bash > ~/.local/share/bash-completion/completions/plimsoll",
      does: "bash",
    },
    { command: "completion zsh > ~/.zfunc/_plimsoll", does: "zsh, with ~/.zfunc in fpath" },
    { command: "completion fish > ~/.config/fish/completions/plimsoll.fish", does: "fish" },
  ],
  run(context, { operands }) {
    const [shell = ""] = operands;
    const script = COMPLETION_SCRIPTS[shell];
    if (script === undefined)
      throw usageError(`there is no completion for "${shell}"; known: ${SHELLS.join(", ")}`);
    context.stdout.write(script);
    return Promise.resolve(EXIT.done);
  },
});
