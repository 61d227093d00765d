import { stripVTControlCharacters } from "node:util";

/** What one test failed with, or a group of tests, or a file. */
export interface Failure {
  /** File and full name. */
  readonly name: string;
  /** What repeats its random choices. */
  readonly seed?: string | undefined;
  readonly errors: readonly FailureError[];
}

interface FailureError {
  readonly message: string;
  readonly stack?: string;
  readonly diff?: string;
}

/** All of them together: what is left of a long output where it is cut. */
const MAX_LINES = 36;
const MIN_LINES_EACH = 4;
const MAX_COLUMNS = 240;
/** A frame of this repository, not of what it stands on. */
const OWN_FRAME = /^ *at (?!.*node_modules)(?!node:).+:\d+:\d+\)?$/m;

/** Each failure by its name with the first lines of its errors, so short that all of them can be read at once. */
export function failureLines(failures: readonly Failure[]): string[] {
  const linesEach = Math.max(MIN_LINES_EACH, Math.floor(MAX_LINES / failures.length));
  const shown = failures.slice(0, MAX_LINES / linesEach);
  const lines = shown.flatMap(({ name, seed, errors }) => [
    seed === undefined ? `FAILED ${name}` : `FAILED ${name} (${seed})`,
    ...errors
      .flatMap(errorLines)
      .slice(0, linesEach - 1)
      .map((line) => `  ${line}`.slice(0, MAX_COLUMNS)),
  ]);
  const left = failures.length - shown.length;
  return left > 0 ? [...lines, `FAILED besides: ${left}`] : lines;
}

/** The head of the message, where it was thrown, the rest of the message, and what differs. */
function errorLines({ message, stack = "", diff = "" }: FailureError): string[] {
  const [head = "", ...rest] = filledLines(message);
  return [head, ...filledLines(OWN_FRAME.exec(stack)?.[0] ?? ""), ...rest, ...filledLines(diff)];
}

function filledLines(text: string): string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.trim() !== "");
}
