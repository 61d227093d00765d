/** The flags that may also stand before the command's name. */
const LEADING_VALUE_FLAG = /^(?:-t|--target)$/;
const LEADING_FLAG = /^(?:-t.+|--target=.*|--json)$/;

/**
 * Moves the common flags that stand before the command's name behind it (`-t oci:dir images` is `images -t oci:dir`),
 * and turns `help plan` into `plan --help`. What it does not know stays where it is, for the parser to complain about.
 */
export function normaliseCommandLine(args: readonly string[]): readonly string[] {
  let at = 0;
  while (at < args.length) {
    const word = args[at] ?? "";
    if (LEADING_VALUE_FLAG.test(word)) at += 2;
    else if (LEADING_FLAG.test(word)) at += 1;
    else break;
  }
  const [name, ...rest] = args.slice(at);
  if (name === undefined || name.startsWith("-")) return args;
  if (name === "help") return rest[0] === undefined ? ["--help"] : [rest[0], "--help"];
  return [name, ...args.slice(0, at), ...rest];
}
