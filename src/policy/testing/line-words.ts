import { nearestWord } from "../file/nearest-word.ts";
import { parseDuration } from "../duration.ts";
import { parseSize } from "../size.ts";
import type { When } from "./host-words.ts";
import type { PolicyProblem } from "../file/problem.ts";
import type { ReportProblem } from "./report-problem.ts";

/** One line of a list in a file of policy tests. */
export interface Line {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** A word of a line; what stands in parentheses is one. */
export interface Word {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Takes the words of a line one after the other. */
export interface LineWords {
  /** Where the line begins. */
  readonly line: Line;
  peek(): Word | undefined;
  take(): Word | undefined;
  /** The word after `before`, which asks for one; told as a problem where the line ends. */
  takeAfter(before: Word, what: string): Word | undefined;
  problem(at: Line, detail: string, suggestion?: string): void;
}

const WORD = /\([^)]*\)|\S+/g;

export function lineWords(line: Line, report: ReportProblem): LineWords {
  const words = Array.from(line.text.matchAll(WORD), ({ 0: text, index }) => ({
    text,
    line: line.line,
    column: line.column + index,
  }));
  let next = 0;
  const problem = (at: Line, detail: string, suggestion?: string): void => {
    const told: PolicyProblem = { line: at.line, column: at.column, found: at.text, detail };
    report(suggestion === undefined ? told : { ...told, suggestion });
  };
  const take = (): Word | undefined => {
    const word = words[next];
    next += 1;
    return word;
  };
  return {
    line,
    peek: () => words[next],
    take,
    takeAfter(before, what) {
      const word = take();
      if (word === undefined) problem(before, `has to be followed by ${what}`);
      return word;
    },
    problem,
  };
}

/** What a word does that begins a phrase: takes the words after it, and writes down what they say. */
export type Phrases<Draft> = Readonly<
  Record<string, (words: LineWords, word: Word, draft: Draft) => void>
>;

/** Reads phrases up to the end of the line. `bare` is asked first: an age or a size needs no word before it. */
export function readPhrases<Draft>(
  words: LineWords,
  draft: Draft,
  phrases: Phrases<Draft>,
  bare: (word: Word) => boolean,
): void {
  for (let word = words.take(); word !== undefined; word = words.take()) {
    if (bare(word)) continue;
    const phrase = phrases[word.text];
    if (phrase !== undefined && Object.hasOwn(phrases, word.text)) {
      phrase(words, word, draft);
      continue;
    }
    const known = Object.keys(phrases);
    words.problem(word, "is no word of this line", nearestWord(word.text, known));
  }
}

/** A size always has its `B`: `5m` is five minutes. */
export function bareSize(text: string): number | undefined {
  return /\d[kmgtp]?i?b$/i.test(text) ? parseSize(text) : undefined;
}

export function bareAge(text: string): When | undefined {
  return parseDuration(text) === undefined ? undefined : text;
}

const MOMENT = /^\d{4}-\d\d-\d\d(?:T\S+)?$/;

/** An age, a moment, a day, or `unknown`. */
export function takeWhen(words: LineWords, before: Word): When | undefined {
  const word = words.takeAfter(before, "an age (`3d`), a time or `unknown`");
  if (word === undefined) return undefined;
  if (word.text === "unknown") return "-";
  if (bareAge(word.text) !== undefined) return word.text;
  if (MOMENT.test(word.text) && !Number.isNaN(Date.parse(word.text))) return word.text;
  words.problem(word, "is neither an age (`3d`), nor a time (`2026-11-21`), nor `unknown`");
  return undefined;
}

/** Texts with commas between them, without blanks. */
export function takeList(words: LineWords, before: Word, what: string): readonly Word[] {
  const word = words.takeAfter(before, what);
  if (word === undefined) return [];
  let column = word.column;
  return word.text.split(",").flatMap((text) => {
    const each = { text, line: word.line, column };
    column += text.length + 1;
    return text === "" ? [] : [each];
  });
}

/** `key=value`, or a key alone. */
export function takeLabel(words: LineWords, before: Word): Readonly<Record<string, string>> {
  const word = words.takeAfter(before, "a label (`key` or `key=value`)");
  const [, key, value = ""] = /^([^=]+)(?:=(.*))?$/.exec(word?.text ?? "") ?? [];
  return key === undefined ? {} : { [key]: value };
}
