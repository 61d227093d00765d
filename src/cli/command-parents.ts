export type CommandGroup = "Look" | "Clean up" | "Images" | "Set up";

export interface CommandParent {
  readonly summary: string;
  readonly description: string;
  readonly group: CommandGroup;
}

/** Words that are no command by themselves; the overview lists them in place of the commands below them. */
export const COMMAND_PARENTS: Readonly<Record<string, CommandParent>> = {
  bin: {
    group: "Clean up",
    summary: "What was removed and can come back",
    description:
      "The recovery bin holds images that were removed under a policy that asks for a way back, until\n" +
      "their time is over. restore gives them back; undo a whole run.",
  },
  registry: {
    group: "Clean up",
    summary: "Hear of pulls from registries, and mind their own retention and garbage collection",
    description:
      "What registries need beside planning: evidence of pulls, the retention that they carry out by\n" +
      "themselves, and their garbage collection, which is what frees space there. status, plan, apply and\n" +
      "the rest take a registry with -t registry://HOST.",
  },
  policy: {
    group: "Clean up",
    summary: "Check, read and try retention policies",
    description:
      "Policies say in a file what is kept and what may go. These commands work on the file;\n" +
      "plan, apply and prune take it with -p FILE.",
  },
};

/** Every command, in the order of help. */

/** The parent that a word names, if it is one. */
export function commandParent(word: string | undefined): CommandParent | undefined {
  return word !== undefined && Object.hasOwn(COMMAND_PARENTS, word)
    ? COMMAND_PARENTS[word]
    : undefined;
}
