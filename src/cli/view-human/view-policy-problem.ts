import type { PolicyProblem } from "../../policy/file/problem.ts";
import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";

/** Longer lines are cut on both sides of what is shown. */
const EXCERPT_COLUMNS = 100;
/** Beyond this a line was not written by hand, and showing it helps nobody. */
const LONGEST_LINE = 10_000;

/** As compilers write: file, line and column, the mistake in words, and the line itself with a mark under the place. */
export function renderPolicyProblem(
  output: Output,
  source: string,
  text: string,
  problem: PolicyProblem,
  severity: "error" | "warning" = "error",
): string {
  const place = paint(output, "bold", `${printable(source)}:${problem.line}:${problem.column}:`);
  const word = paint(output, severity === "error" ? "red" : "yellow", `${severity}:`);
  const head = `${place} ${word} ${problemInWords(problem)}`;
  const line = text.split(/\r?\n/, problem.line)[problem.line - 1];
  return line === undefined || line.trim() === "" || line.length > LONGEST_LINE
    ? head
    : `${head}\n${renderExcerpt(output, line, problem)}`;
}

/** Without its place: `"tga" is no key of a match; did you mean tag?` */
function problemInWords({ found, detail, suggestion }: PolicyProblem): string {
  const subject = found === undefined ? "" : `"${printable(found)}" `;
  const hint = suggestion === undefined ? "" : `; did you mean ${printable(suggestion)}?`;
  return `${subject}${printable(detail)}${hint}`;
}

function renderExcerpt(
  output: Output,
  line: string,
  { line: number, column, found }: PolicyProblem,
): string {
  const at = column - 1;
  const from = line.length <= EXCERPT_COLUMNS ? 0 : Math.max(0, at - EXCERPT_COLUMNS / 2);
  const before = shown(line.slice(from, at));
  const marked = line.slice(at, at + markLength(line.slice(at), found));
  const after = shown(line.slice(at + marked.length, from + EXCERPT_COLUMNS));
  const gutter = String(number).padStart(5);
  const mark = "^".repeat(Math.max(1, widthOf(shown(marked))));
  return [
    `${paint(output, "dim", `${gutter} |`)} ${before}${shown(marked)}${after}`,
    `${paint(output, "dim", `${" ".repeat(gutter.length)} |`)} ${" ".repeat(widthOf(before))}${paint(output, "red", mark)}`,
  ].join("\n");
}

/** What was found may stand in quotes. */
function markLength(rest: string, found: string | undefined): number {
  if (found === undefined) return 1;
  const quotes = /^["']/.test(rest) && rest.startsWith(found, 1) ? 2 : 0;
  return Math.min(rest.length, found.length + quotes);
}

function shown(text: string): string {
  return printable(text.replaceAll("\t", " "));
}

function widthOf(text: string): number {
  return Array.from(text).length;
}
