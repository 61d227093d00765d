/** An option of another program's command line. */
export interface Flag {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly takes: "value" | "nothing";
}

export interface FlagsRead {
  /** Values in the order they were given, by the long name; one that takes nothing has an empty text for each time. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  readonly problems: readonly string[];
}

/** Reads options as getopt does: `--name value`, `--name=value`, `-n value`, `-nvalue`, `--` before operands. */
export function readFlags(words: readonly string[], flags: readonly Flag[]): FlagsRead {
  const values = new Map<string, string[]>();
  const operands: string[] = [];
  const problems: string[] = [];
  const known = flags.map(({ name }) => `--${name}`).join(", ");
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    if (word === "--") {
      operands.push(...words.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      operands.push(word);
      continue;
    }
    const { flag, attached } = readOne(word, flags);
    if (flag === undefined) {
      problems.push(`${word} is not an option that is known here: ${known}`);
      continue;
    }
    const given = values.get(flag.name) ?? [];
    values.set(flag.name, given);
    if (flag.takes === "nothing") {
      if (attached === undefined) given.push("");
      else problems.push(`--${flag.name} takes no value: ${word}`);
      continue;
    }
    if (attached === undefined) at += 1;
    const value = attached ?? words[at];
    if (value === undefined) problems.push(`--${flag.name} needs a value`);
    else given.push(value);
  }
  return { values, operands, problems };
}

function readOne(
  word: string,
  flags: readonly Flag[],
): { readonly flag: Flag | undefined; readonly attached: string | undefined } {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    const name = word.slice(2, equals < 0 ? undefined : equals);
    return {
      flag: flags.find((flag) => flag.name === name),
      attached: equals < 0 ? undefined : word.slice(equals + 1),
    };
  }
  const flag = flags.find(({ short }) => short === word[1]);
  const attached = word.length > 2 ? word.slice(2).replace(/^=/, "") : undefined;
  return { flag, attached };
}

/**
 * The arguments of a program in a list of commands: as typed, by its path, or in a container of an image of that name; or
 * options alone. Undefined when the program is in none of them.
 */
export function argumentsOf(
  program: string,
  commands: readonly (readonly string[])[],
): readonly string[] | undefined {
  const called = new RegExp(`^(?:.*/)?${program}(?::[\\w.-]+)?$`);
  for (const words of commands) {
    const [first = ""] = words;
    if (first.startsWith("-")) return words;
    if (called.test(first)) return words.slice(1);
    const byPath = words.findIndex((word) => word.includes("/") && called.test(word));
    const at = byPath < 0 ? words.lastIndexOf(program) : byPath;
    if (at >= 0) return words.slice(at + 1);
  }
  return undefined;
}
