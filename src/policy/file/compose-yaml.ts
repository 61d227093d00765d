import { Composer, Lexer, LineCounter, Parser, type CST, type Document } from "yaml";

/** Collections in collections, as the parser counts them (a key and its value are two). */
const NESTING_LIMIT = 200;

export interface ComposedYaml {
  readonly documents: readonly Document.Parsed[];
  readonly lines: LineCounter;
  /** Where collections are nested too deep to go on; there are no documents then. */
  readonly tooDeepAt?: number;
}

/**
 * Parses YAML 1.2. Depth is watched while the text is read: composing a deeply nested text takes as many stack frames, and
 * a process that runs out of them may not survive. Keys are not compared here: that takes time quadratic in their number.
 */
export function composeYaml(text: string): ComposedYaml {
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const tokens: CST.Token[] = [];
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > NESTING_LIMIT) {
      return { documents: [], lines, tooDeepAt: parser.offset };
    }
  }
  tokens.push(...parser.end());
  const composer = new Composer({
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    resolveKnownTags: false,
  });
  return { documents: [...composer.compose(tokens, true, text.length)], lines };
}
