import { isMap, isScalar, isSeq, parseDocument, type Node, type YAMLMap, type YAMLSeq } from "yaml";

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Writes what goes into the `removes` of each test (at its position) of a file that was read without problems, and leaves
 * every other letter as it is. Lines that are right already stay with their comments.
 */
export function recordRemovals(
  text: string,
  removes: readonly (readonly string[] | undefined)[],
): string {
  const lineBreak = text.includes("\r\n") ? "\r\n" : "\n";
  const source = text.endsWith("\n") ? text : `${text}${lineBreak}`;
  const { contents } = parseDocument(source);
  if (!isMap(contents)) return source;
  const several = contents.get("tests");
  const maps = isSeq(several) ? several.items : [contents];
  const edits = maps.flatMap((map, index) => {
    const lines = removes[index];
    return isMap(map) && lines !== undefined ? editOf(source, map, lines) : [];
  });
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (written, { start, end, text }) =>
        written.slice(0, start) + text.replaceAll("\n", lineBreak) + written.slice(end),
      source,
    );
}

function editOf(source: string, map: YAMLMap, lines: readonly string[]): readonly Edit[] {
  const pair = map.items.find(({ key }) => String(key) === "removes");
  const indent = " ".repeat(columnOf(source, startOf(map)));
  if (map.flow === true) return editFlow(source, map, pair, lines);
  if (pair === undefined) {
    const end = endOfLine(source, endOf(map));
    return [{ start: end, end, text: `${indent}removes:${blockOf(lines, indent)}\n` }];
  }
  const colon = source.indexOf(":", endOf(pair.key as Node)) + 1;
  const value = pair.value as Node | null;
  const isList = isSeq(value) && value.items.length > 0;
  if (isList && lines.length > 0)
    return value.flow === true
      ? [{ start: startOf(value), end: endOf(value), text: flowList(lines) }]
      : editList(source, value, lines);
  const end = value === null || isEmptyText(source, value) ? colon : endOf(value);
  const lineBreak = source[end - 1] === "\n" ? "\n" : "";
  return [{ start: colon, end, text: blockOf(lines, indent) + lineBreak }];
}

/** In a mapping on one line everything is on that line. */
function editFlow(
  source: string,
  map: YAMLMap,
  pair: YAMLMap["items"][number] | undefined,
  lines: readonly string[],
): readonly Edit[] {
  if (pair === undefined) {
    const brace = endOf(map) - 1;
    const start = source.slice(0, brace).trimEnd().length;
    const before = map.items.length > 0 ? ", " : " ";
    return [{ start, end: brace, text: `${before}removes: ${flowList(lines)} ` }];
  }
  const keyEnd = endOf(pair.key as Node);
  const value = pair.value as Node | null;
  const colon = /^\s*:/.exec(source.slice(keyEnd))?.[0].length ?? 0;
  const isNothing = value === null || isEmptyText(source, value);
  const end = isNothing ? keyEnd + colon : endOf(value);
  return [{ start: keyEnd, end, text: `: ${flowList(lines)}` }];
}

/** Takes lines out and puts new ones at the end. */
function editList(source: string, list: YAMLSeq, lines: readonly string[]): readonly Edit[] {
  const items = list.items.map((item) => item as Node);
  const said = items.map((item) => (isScalar(item) ? (item.source ?? "") : ""));
  const edits = items.flatMap((item, index): Edit[] => {
    if (lines.includes(said[index] ?? "")) return [];
    const start = source.lastIndexOf("\n", startOf(item)) + 1;
    return [{ start, end: endOfLine(source, endOf(item)), text: "" }];
  });
  const added = lines.filter((line) => !said.includes(line));
  const last = items.at(-1);
  if (added.length === 0 || last === undefined) return edits;
  const dash = " ".repeat(columnOf(source, startOf(list)));
  const end = endOfLine(source, endOf(last));
  const text = added.map((line) => `${dash}- ${blockScalar(line)}\n`).join("");
  // The place is that of the last line, which may itself be taken out: after it in the text, so before it in the edits.
  return [...edits, { start: end, end, text }];
}

function blockOf(lines: readonly string[], indent: string): string {
  if (lines.length === 0) return " []";
  return lines.map((line) => `\n${indent}  - ${blockScalar(line)}`).join("");
}

/** Plain where YAML reads it back as it is. */
function blockScalar(text: string): string {
  const isPlain =
    /^[\w<](?:[^"'\n]*[^"'\s:])?$/.test(text) &&
    !/: | #|^(?:null|true|false|[\d._+e-]+)$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}

function flowList(lines: readonly string[]): string {
  const words = lines.map((line) =>
    /[,[\]{}]/.test(line) ? JSON.stringify(line) : blockScalar(line),
  );
  return `[${words.join(", ")}]`;
}

/** A value that was left out has a place, and nothing there. */
function isEmptyText(source: string, node: Node): boolean {
  return source.slice(startOf(node), endOf(node)) === "";
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function endOf(node: Node): number {
  return node.range?.[1] ?? startOf(node);
}

function columnOf(source: string, offset: number): number {
  return offset - (source.lastIndexOf("\n", offset - 1) + 1);
}

/** After the line break of the line in which `offset` is the end of something. */
function endOfLine(source: string, offset: number): number {
  if (offset > 0 && source[offset - 1] === "\n") return offset;
  const end = source.indexOf("\n", offset);
  return end < 0 ? source.length : end + 1;
}
