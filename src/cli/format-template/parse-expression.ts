import {
  isTemplateFunction,
  TEMPLATE_FUNCTIONS,
  TemplateError,
  type Expression,
} from "./template.ts";

const TOKEN =
  /\s*(?:("(?:\\.|[^"\\])*"|`[^`]*`)|(-?\d+(?:\.\d+)?)(?![\w.])|(\$?(?:\.[A-Za-z_]\w*)+|\$|\.)|([A-Za-z_]\w*)|([|()]))/y;

/** A token by its first character: a text, a number, a path, a word, or one of `|()`. */
type Token = string;

/** Parses one pipeline: `.A.B`, `json .A`, `.A | len`, `index .A "key"`. */
export function parseExpression(text: string): Expression {
  const parser = new PipelineParser(tokenise(text), text.trim());
  const expression = parser.pipeline();
  parser.expectEnd();
  return expression;
}

function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (/\S/.test(text.slice(TOKEN.lastIndex))) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null)
      throw new TemplateError(
        `"${text.slice(from).trim()}" is not understood in {{${text.trim()}}}`,
      );
    tokens.push(match.slice(1).find((group) => group !== undefined) ?? "");
  }
  return tokens;
}

class PipelineParser {
  readonly #tokens: readonly Token[];
  readonly #source: string;
  #at = 0;

  constructor(tokens: readonly Token[], source: string) {
    this.#tokens = tokens;
    this.#source = source;
  }

  pipeline(): Expression {
    let piped = this.#command(undefined);
    while (this.#peek() === "|") {
      this.#at += 1;
      piped = this.#command(piped);
    }
    return piped;
  }

  expectEnd(): void {
    const token = this.#peek();
    if (token !== undefined) throw this.#error(`"${token}" does not belong`);
  }

  /** A value by itself, or a function with its arguments; a piped value is its last one, as in Go. */
  #command(piped: Expression | undefined): Expression {
    const token = this.#peek();
    if (token === undefined) throw this.#error("something is missing");
    if (!/^[A-Za-z_]/.test(token) || token === "true" || token === "false") {
      if (piped !== undefined)
        throw this.#error(`"${token}" is not a function and takes no value from "|"`);
      return this.#operand();
    }
    this.#at += 1;
    if (!isTemplateFunction(token)) {
      const known = Object.keys(TEMPLATE_FUNCTIONS).join(", ");
      throw this.#error(`there is no function "${token}"`, `; there are ${known}, range and if`);
    }
    const args: Expression[] = [];
    while (this.#peek() !== undefined && this.#peek() !== "|" && this.#peek() !== ")")
      args.push(this.#operand());
    if (piped !== undefined) args.push(piped);
    const { least, most } = TEMPLATE_FUNCTIONS[token];
    if (args.length < least || args.length > most) {
      const takes = least === most ? `${least}` : `${least} to ${most}`;
      throw this.#error(
        `${token} takes ${takes} argument${takes === "1" ? "" : "s"}, not ${args.length}`,
      );
    }
    return { kind: "call", name: token, args };
  }

  #operand(): Expression {
    const token = this.#peek() ?? "";
    this.#at += 1;
    if (token === "(") return this.#parenthesised();
    if (token.startsWith('"')) return { kind: "literal", value: this.#unquote(token) };
    if (token.startsWith("`")) return { kind: "literal", value: token.slice(1, -1) };
    if (token.startsWith("$"))
      return { kind: "path", from: "root", fields: fieldsOf(token.slice(1)) };
    if (token.startsWith(".")) return { kind: "path", from: "current", fields: fieldsOf(token) };
    if (token === "true" || token === "false") return { kind: "literal", value: token === "true" };
    if (/^-?\d/.test(token)) return { kind: "literal", value: Number(token) };
    throw this.#error(`"${token}" is not a value`);
  }

  #parenthesised(): Expression {
    const inner = this.pipeline();
    if (this.#peek() !== ")") throw this.#error('a ")" is missing');
    this.#at += 1;
    const next = this.#peek();
    if (next === undefined || !/^\.\w/.test(next)) return inner;
    this.#at += 1;
    return { kind: "path", from: inner, fields: fieldsOf(next) };
  }

  #unquote(token: string): string {
    try {
      return String(JSON.parse(token));
    } catch {
      throw this.#error(`${token} is not a text`);
    }
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #error(detail: string, rest = ""): TemplateError {
    return new TemplateError(`${detail} in {{${this.#source}}}${rest}`);
  }
}

function fieldsOf(path: string): readonly string[] {
  return path.split(".").filter((field) => field !== "");
}
