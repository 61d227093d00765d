import { composeYaml } from "../file/compose-yaml.ts";
import { locateValues } from "../file/locate-values.ts";
import type { LocatedValue } from "../file/located-value.ts";
import type { Line } from "./line-words.ts";
import type { ReportProblem } from "./report-problem.ts";

/** One `key: value` of a mapping. */
export interface Field {
  readonly key: Line;
  readonly value: LocatedValue;
}

export type Fields = ReadonlyMap<string, Field>;

/** What a YAML document says, with the places of it. Nothing at all where a value is expected is no problem. */
export interface YamlText {
  readonly root: LocatedValue | undefined;
  /** The text of a value where it stands, so that it can be read alone and problems keep their places. */
  inPlace(value: LocatedValue): string;
  at(value: LocatedValue): Line;
  fields(value: LocatedValue | undefined, what: string): Fields;
  list(value: LocatedValue | undefined, what: string): readonly LocatedValue[];
  /** A text, number or boolean as it was written. */
  text(value: LocatedValue | undefined, what: string): Line | undefined;
}

/** UTF-16 units; far beyond what anybody writes by hand. */
const LENGTH_LIMIT = 2 ** 20;

/** Reads one document; where that fails, the root is undefined and all that is wrong is reported. */
export function readYaml(source: string, report: ReportProblem): YamlText {
  if (source.length > LENGTH_LIMIT)
    report({ line: 1, column: 1, detail: "the file is larger than 1 MiB" });
  const { documents, lines, tooDeepAt } = composeYaml(source.slice(0, LENGTH_LIMIT));
  const place = (offset: number): Pick<Line, "line" | "column"> => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const fail = (start: number, end: number | undefined, detail: string): void => {
    const found = end === undefined ? undefined : firstLine(source.slice(start, end));
    report({ ...place(start), ...(found === undefined ? {} : { found }), detail });
  };
  if (tooDeepAt !== undefined) fail(tooDeepAt, undefined, "is nested too deep here");
  const [document, second] = documents;
  const mistakes = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  for (const { pos, message } of mistakes)
    fail(pos[0], undefined, `this is not YAML: ${firstLine(message)}`);
  if (second !== undefined) fail(second.range[0], undefined, "a second document begins here");
  const contents = mistakes.length > 0 ? undefined : (document?.contents ?? undefined);
  const root =
    contents === undefined
      ? undefined
      : locateValues(contents, ({ start, end, detail }) => fail(start, end, detail));

  const at = ({ value, start, end }: LocatedValue): Line => {
    const raw = source.slice(start, end);
    const { line, column } = place(start);
    const text = typeof value === "string" ? value : firstLine(raw);
    return { text, line, column: /^["']/.test(raw) ? column + 1 : column };
  };
  const wrong = (value: LocatedValue, what: string): void => {
    const { line, column, text } = at(value);
    report({ line, column, found: text, detail: `is not ${what}` });
  };
  return {
    root,
    at,
    inPlace({ start, end }) {
      const { line, column } = place(start);
      return "\n".repeat(line - 1) + " ".repeat(column - 1) + source.slice(start, end);
    },
    fields(value, what) {
      if (value === undefined || value.value === null) return new Map();
      if (value.entries === undefined) wrong(value, what);
      const entries = [...(value.entries ?? [])];
      return new Map(
        entries.map(([name, { keyStart, value }]) => {
          const key = { text: name, ...place(keyStart) };
          return [name, { key, value }];
        }),
      );
    },
    list(value, what) {
      if (value === undefined || value.value === null) return [];
      if (value.members === undefined) wrong(value, what);
      return value.members ?? [];
    },
    text(value, what) {
      if (value === undefined || value.value === null) return undefined;
      if (value.isScalar) return at(value);
      const isMapping = value.entries !== undefined;
      const hint = isMapping ? "; put it in quotes where it holds a colon and a blank" : "";
      wrong(value, `${what}${hint}`);
      return undefined;
    },
  };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
