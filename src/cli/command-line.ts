import { commandParent } from "./command-parents.ts";

/** The flags that may also stand before the command's name. */
const LEADING_VALUE_FLAG = /^(?:-t|--target|--registry-ca)$/;
const LEADING_FLAG = /^(?:-t.+|--target=.*|--registry-ca=.*|--json)$/;

/**
 * Moves the common flags that stand before the command's name behind it (`-t oci:dir images` is `images -t oci:dir`),
 * and turns `help plan` into `plan --help`. What it does not know stays where it is, for the parser to complain about.
 */
export function normaliseCommandLine(args: readonly string[]): readonly string[] {
  const [flags, [name, ...rest]] = splitLeadingFlags(args);
  if (name === undefined || name.startsWith("-")) return args;
  if (name === "help") return [...commandWords(rest), "--help"];
  if (commandParent(name) === undefined) return [name, ...flags, ...rest];
  const [moreFlags, [child, ...operands]] = splitLeadingFlags(rest);
  if (child === undefined || child.startsWith("-")) return [name, ...flags, ...rest];
  if (child === "help") return [...commandWords([name, ...operands]), "--help"];
  return [name, child, ...flags, ...moreFlags, ...operands];
}

/** The command that words begin with: one word, or a parent's and the one below it. */
export function commandWords(words: readonly string[]): readonly string[] {
  return words.slice(0, commandParent(words[0]) === undefined ? 1 : 2);
}

/** The common flags at the beginning, and what follows them. */
function splitLeadingFlags(
  args: readonly string[],
): readonly [flags: readonly string[], rest: readonly string[]] {
  let at = 0;
  while (at < args.length) {
    const word = args[at] ?? "";
    if (LEADING_VALUE_FLAG.test(word)) at += 2;
    else if (LEADING_FLAG.test(word)) at += 1;
    else break;
  }
  return [args.slice(0, at), args.slice(at)];
}
