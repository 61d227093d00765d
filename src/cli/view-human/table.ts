import { stripVTControlCharacters } from "node:util";

import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be cut at a terminal that is too narrow; other columns are always shown whole. */
  readonly shrinks?: true;
  /** At a terminal too narrow for the table its text stands whole on lines of its own below; the last column goes first. */
  readonly wraps?: true;
}

const GAP = "  ";
const INDENT = "    ";
/** A column is not cut below this. */
const MIN_WIDTH = 8;

/** Lines of a table; at a terminal they fit its width as far as the shrinking columns allow. */
export function renderTable(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  // Nothing stands to the right of it, and what is no terminal gets it whole: how wide it is does not matter.
  const isOpen = (index: number): boolean =>
    index === columns.length - 1 && !output.isTerminal && columns[index]?.align !== "right";
  const natural = columns.map((column, index) =>
    isOpen(index)
      ? 0
      : rows.reduce(
          (width, row) => Math.max(width, textWidth(row[index] ?? "")),
          column.title.length,
        ),
  );
  const below = output.isTerminal ? columnsBelow(columns, natural, output.columns) : [];
  if (below.length > 0) return renderInTwo(output, columns, rows, new Set(below));
  const widths = output.isTerminal ? fit(columns, natural, output.columns) : natural;
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => {
        const cell = cells[index] ?? "";
        return isOpen(index) ? cell : alignCell(cell, widths[index] ?? 0, column.align ?? "left");
      })
      .join(GAP)
      .trimEnd();
  const title = paint(output, "bold", line(columns.map((column) => column.title)));
  return `${[title, ...rows.map(line)].join("\n")}\n`;
}

/** Wrapping columns from the right, until the others fit or there are no more. */
function columnsBelow(
  columns: readonly Column[],
  natural: readonly number[],
  available: number,
): readonly number[] {
  const below: number[] = [];
  const wrapping = columns.flatMap(({ wraps }, index) => (wraps ? [index] : []));
  while (totalWidth(natural.filter((_, index) => !below.includes(index))) > available) {
    const next = wrapping.pop();
    if (next === undefined) break;
    below.push(next);
  }
  return below;
}

/** Below each line of the other columns, these cells of its row. */
function renderInTwo(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  below: ReadonlySet<number>,
): string {
  const above = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => !below.has(index));
  const under = (cells: readonly string[]): string[] =>
    cells.filter((_, index) => below.has(index));
  const lines = renderTable(output, above(columns), rows.map(above)).split("\n");
  const blocks = [
    under(columns.map(({ title }) => paint(output, "bold", INDENT + title))),
    ...rows.map((row) => under(row).flatMap((text) => wrap(text, output.columns - INDENT.length))),
  ];
  return `${blocks.flatMap((texts, index) => [lines[index] ?? "", ...texts]).join("\n")}\n`;
}

/** Breaks at blanks; a longer word is left whole. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].filter((each) => each !== "").map((each) => INDENT + each);
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

/** The widest shrinking column gives way first. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  available: number,
): readonly number[] {
  const widths = [...natural];
  let excess = totalWidth(widths) - available;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.shrinks && (widths[index] ?? 0) > Math.max(MIN_WIDTH, widths[widest] ?? 0))
        widest = index;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function alignCell(cell: string, width: number, align: "left" | "right"): string {
  const natural = textWidth(cell);
  const shown = natural > width ? cut(cell, width) : cell;
  const padding = " ".repeat(Math.max(0, width - natural));
  return align === "right" ? padding + shown : shown + padding;
}

/** In the middle: names differ at their ends more often than at their beginnings. */
function cut(cell: string, width: number): string {
  const characters = Array.from(stripVTControlCharacters(cell));
  const atEnd = Math.floor((width - 1) / 2);
  const head = characters.slice(0, width - 1 - atEnd);
  const tail = characters.slice(characters.length - atEnd);
  return `${head.join("")}…${tail.join("")}`;
}

function textWidth(text: string): number {
  // Nearly every cell; a table of a thousand rows asks ten thousand times.
  if (/^[ -~]*$/.test(text)) return text.length;
  return Array.from(stripVTControlCharacters(text)).length;
}
