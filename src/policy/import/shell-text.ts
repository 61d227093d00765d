/** What a piece of shell says, nothing of it run: its commands in words, and the files that it writes by `cat > FILE <<END`. */
export interface ShellText {
  readonly commands: readonly (readonly string[])[];
  /** Lines by the file's path as it is written there. */
  readonly files: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads commands as POSIX writes them: quotes, `\`, comments, `;`, `&&`, lines that go on after `\`, and here-documents that
 * go to a file. Variables and substitutions are a problem, for nothing here knows their values.
 */
export function readShell(text: string): ShellText | { readonly problems: readonly string[] } {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const commands: (readonly string[])[] = [];
  const files = new Map<string, readonly string[]>();
  const problems: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const first = at;
    let logical = lines[at] ?? "";
    let tokens = tokenise(logical);
    while (tokens === "unfinished" && at + 1 < lines.length) {
      at += 1;
      logical += `\n${lines[at] ?? ""}`;
      tokens = tokenise(logical);
    }
    if (tokens === "unfinished") problems.push(`line ${first + 1}: a quote is not closed`);
    else if (!Array.isArray(tokens)) problems.push(`line ${first + 1}: ${tokens.problem}`);
    else {
      for (const { words, output, document } of commandsIn(tokens)) {
        if (document === undefined) {
          if (words.length > 0) commands.push(words);
          continue;
        }
        const end = lines.findIndex((line, index) => index > at && line.trim() === document);
        if (end < 0)
          problems.push(`line ${first + 1}: the here-document does not end in ${document}`);
        else if (output === undefined)
          problems.push(
            `line ${first + 1}: a here-document is read only as \`cat > FILE <<${document}\``,
          );
        else files.set(output, lines.slice(at + 1, end));
        at = end < 0 ? lines.length : end;
      }
    }
  }
  return problems.length > 0 ? { problems } : { commands, files };
}

type Token = { readonly word: string } | { readonly operator: string };

const OPERATOR = /^(?:&&|\|\||<<-?|>>|[;&|<>])/;
const EXPANSION = /^\$(?:[A-Za-z_{(]|\d)/;

/** Tokens of a line; `unfinished` when it goes on in the next one. */
function tokenise(line: string): Token[] | "unfinished" | { readonly problem: string } {
  const tokens: Token[] = [];
  let word: string | undefined;
  let at = 0;
  const endWord = (): void => {
    if (word !== undefined) tokens.push({ word });
    word = undefined;
  };
  while (at < line.length) {
    const rest = line.slice(at);
    const char = rest[0] ?? "";
    const operator = OPERATOR.exec(rest)?.[0];
    if (/\s/.test(char)) {
      endWord();
      at += 1;
    } else if (char === "#" && word === undefined) {
      const newline = rest.indexOf("\n");
      at = newline < 0 ? line.length : at + newline;
    } else if (char === "\\") {
      if (rest.length === 1) return "unfinished";
      if (rest[1] !== "\n") word = (word ?? "") + (rest[1] ?? "");
      at += 2;
    } else if (char === "'" || char === '"') {
      const quoted = char === "'" ? readSingle(rest) : readDouble(rest);
      if (quoted === "unfinished" || "problem" in quoted) return quoted;
      word = (word ?? "") + quoted.text;
      at += quoted.length;
    } else if (EXPANSION.test(rest) || char === "`") {
      return expansionProblem(rest);
    } else if (operator !== undefined) {
      endWord();
      tokens.push({ operator });
      at += operator.length;
    } else {
      word = (word ?? "") + char;
      at += 1;
    }
  }
  endWord();
  return tokens;
}

type Quoted =
  | { readonly text: string; readonly length: number }
  | { readonly problem: string }
  | "unfinished";

function readSingle(rest: string): Quoted {
  const end = rest.indexOf("'", 1);
  return end < 0 ? "unfinished" : { text: rest.slice(1, end), length: end + 1 };
}

function readDouble(rest: string): Quoted {
  let text = "";
  for (let at = 1; at < rest.length; at += 1) {
    const char = rest[at] ?? "";
    if (char === '"') return { text, length: at + 1 };
    if (EXPANSION.test(rest.slice(at)) || char === "`") return expansionProblem(rest.slice(at));
    const next = rest[at + 1] ?? "";
    if (char === "\\" && '"\\$`\n'.includes(next) && next !== "") {
      if (next !== "\n") text += next;
      at += 1;
    } else text += char;
  }
  return "unfinished";
}

function expansionProblem(rest: string): { readonly problem: string } {
  const what = /^(?:\$\{[^}]*\}?|\$\w+|\$\(|`)/.exec(rest)?.[0] ?? rest.slice(0, 2);
  return { problem: `${what} stands for something that is not in this text: write its value` };
}

interface Command {
  readonly words: string[];
  output?: string;
  document?: string;
}

function commandsIn(tokens: readonly Token[]): readonly Command[] {
  const commands: Command[] = [{ words: [] }];
  let before: string | undefined;
  for (const token of tokens) {
    const command = commands.at(-1);
    if (command === undefined) break;
    if ("operator" in token) {
      if (/^(?:;|&|&&|\||\|\|)$/.test(token.operator)) commands.push({ words: [] });
      before = token.operator;
      continue;
    }
    if (before === "<<" || before === "<<-") command.document = token.word;
    else if (before === ">" || before === ">>") command.output = token.word;
    else if (before !== "<") command.words.push(token.word);
    before = undefined;
  }
  return commands;
}
