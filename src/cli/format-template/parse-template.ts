import { parseExpression } from "./parse-expression.ts";
import { TemplateError, type Template, type TemplateNode } from "./template.ts";

/** Text, or what stands between `{{` and `}}`. */
type Piece = { readonly kind: "text" | "action"; readonly text: string };

// The alternatives begin with different characters, so that no template makes matching slow.
const ACTION =
  /\{\{(?:-(?=\s))?((?:"(?:\\.|[^"\\])*"|`[^`]*`|\/\*[^]*?\*\/|\/(?!\*)|\}(?!\})|[^"`/}])*?)(?:(?<=\s)-)?\}\}/g;

/** Parses a template; throws a `TemplateError` that quotes what is wrong. */
export function parseTemplate(source: string): Template {
  const pieces = split(source);
  const { nodes, stop } = parseNodes(pieces, { at: 0 });
  if (stop !== undefined)
    throw new TemplateError(`{{${stop}}} without a {{range}} or {{if}} before it`);
  return nodes;
}

function split(source: string): readonly Piece[] {
  const pieces: Piece[] = [];
  const addText = (text: string, trimStart: boolean, trimEnd: boolean): void => {
    if (text.includes("{{"))
      throw new TemplateError(`"${text.slice(text.indexOf("{{"))}" lacks its "}}"`);
    const trimmed = trimEnd ? text.trimEnd() : text;
    pieces.push({ kind: "text", text: trimStart ? trimmed.trimStart() : trimmed });
  };
  let end = 0;
  let trimNext = false;
  for (const match of source.matchAll(ACTION)) {
    const [whole, text = ""] = match;
    addText(source.slice(end, match.index), trimNext, /^\{\{-\s/.test(whole));
    pieces.push({ kind: "action", text: text.trim() });
    trimNext = /\s-\}\}$/.test(whole);
    end = match.index + whole.length;
  }
  addText(source.slice(end), trimNext, false);
  return pieces.filter(({ kind, text }) => kind === "action" || text !== "");
}

/** Where the parser is; shared by the nested calls. */
interface Cursor {
  at: number;
}

/** Nodes up to the end or to the `end` or `else` that closes the block; `stop` is that action. */
function parseNodes(pieces: readonly Piece[], cursor: Cursor): { nodes: Template; stop?: string } {
  const nodes: TemplateNode[] = [];
  for (let piece = pieces[cursor.at]; piece !== undefined; piece = pieces[cursor.at]) {
    cursor.at += 1;
    if (piece.kind === "text") {
      nodes.push({ kind: "text", text: piece.text });
      continue;
    }
    const [keyword = ""] = /^[a-z]*/.exec(piece.text) ?? [];
    if (keyword === "end" || keyword === "else") return { nodes, stop: piece.text };
    if (keyword === "range" || keyword === "if")
      nodes.push(parseBlock(keyword, piece.text, pieces, cursor));
    else if (!/^\/\*[^]*\*\/$/.test(piece.text))
      nodes.push({ kind: "value", of: parseExpression(piece.text) });
  }
  return { nodes };
}

function parseBlock(
  keyword: "range" | "if",
  text: string,
  pieces: readonly Piece[],
  cursor: Cursor,
): TemplateNode {
  const expression = parseExpression(text.slice(keyword.length));
  const { nodes: body, stop } = parseNodes(pieces, cursor);
  if (stop === undefined) throw new TemplateError(`{{${text}}} lacks its {{end}}`);
  const otherwise = stop === "end" ? [] : parseElse(stop, pieces, cursor);
  return keyword === "range"
    ? { kind: "range", over: expression, body, otherwise }
    : { kind: "if", test: expression, body, otherwise };
}

function parseElse(text: string, pieces: readonly Piece[], cursor: Cursor): Template {
  const chained = /^else\s+(if\b[^]*)$/.exec(text)?.[1];
  if (chained !== undefined) return [parseBlock("if", chained, pieces, cursor)];
  if (text !== "else") throw new TemplateError(`{{${text}}} is not understood`);
  const { nodes, stop } = parseNodes(pieces, cursor);
  if (stop !== "end") throw new TemplateError("{{else}} lacks its {{end}}");
  return nodes;
}
