import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type YAMLMap,
} from "yaml";

import type { Line } from "./line-words.ts";
import type { ReportProblem } from "./report-problem.ts";

/** One `key: value` of a mapping. */
export interface Field {
  readonly key: Line;
  readonly value: Node | undefined;
}

export type Fields = ReadonlyMap<string, Field>;

/** A YAML document and the places of what stands in it. */
export interface YamlText {
  readonly root: Node | undefined;
  /** The text of a node where it stands, so that it can be read alone and problems keep their places. */
  inPlace(node: Node): string;
  at(node: Node): Line;
  isMapping(node: Node): boolean;
  fields(node: Node | undefined, what: string): Fields;
  list(node: Node | undefined, what: string): readonly Node[];
  /** A text, number or boolean as it was written. */
  text(node: Node | undefined, what: string): Line | undefined;
}

/** Far beyond what anybody writes by hand. */
const MAX_LENGTH = 1_000_000;

export function readYaml(source: string, report: ReportProblem): YamlText {
  const lineCounter = new LineCounter();
  const tooLong = source.length > MAX_LENGTH;
  if (tooLong) report({ line: 1, column: 1, detail: "the file is longer than a million letters" });
  const document: Document.Parsed = parseDocument(tooLong ? "" : source, {
    lineCounter,
    prettyErrors: false,
  });
  const place = (offset: number) => {
    const { line, col } = lineCounter.linePos(offset);
    return { line, column: col };
  };
  for (const { pos, message } of [...document.errors, ...document.warnings])
    report({ ...place(pos[0]), detail: message });

  const at = (node: Node): Line => {
    const [start = 0, end = 0] = node.range ?? [];
    const raw = source.slice(start, end);
    const isQuoted = /^["']/.test(raw);
    const text = isScalar(node) ? (node.source ?? "") : (raw.split("\n")[0] ?? "");
    const { line, column } = place(start);
    return { text, line, column: isQuoted ? column + 1 : column };
  };
  const resolved = (node: Node | undefined): Node | undefined =>
    isAlias(node) ? node.resolve(document) : node;
  const wrong = (node: Node, what: string): void => {
    const { line, column, text } = at(node);
    report({ line, column, found: text, detail: `is not ${what}` });
  };
  return {
    root: document.contents ?? undefined,
    at,
    isMapping: (node) => isMap(resolved(node)),
    inPlace(node) {
      const [start = 0, end = 0] = resolved(node)?.range ?? [];
      const { line, column } = place(start);
      return "\n".repeat(line - 1) + " ".repeat(column - 1) + source.slice(start, end);
    },
    fields(node, what) {
      const map = resolved(node);
      if (map === undefined || isNull(map)) return new Map();
      if (!isMap(map)) {
        wrong(map, what);
        return new Map();
      }
      return new Map(
        fieldsOf(map).map(({ key, value }) => [at(key).text, { key: at(key), value }]),
      );
    },
    list(node, what) {
      const items = resolved(node);
      if (items === undefined || isNull(items)) return [];
      if (isSeq(items)) return items.items as Node[];
      wrong(items, what);
      return [];
    },
    text(node, what) {
      const scalar = resolved(node);
      if (scalar === undefined || isNull(scalar)) return undefined;
      if (isScalar(scalar)) return at(scalar);
      const hint = isMap(scalar) ? "; put it in quotes where it holds a colon and a blank" : "";
      wrong(scalar, `${what}${hint}`);
      return undefined;
    },
  };
}

function fieldsOf(map: YAMLMap): readonly { key: Node; value: Node | undefined }[] {
  return map.items.map(({ key, value }) => ({
    key: key as Node,
    value: (value ?? undefined) as Node | undefined,
  }));
}

function isNull(node: Node): boolean {
  return isScalar(node) && node.value === null;
}
