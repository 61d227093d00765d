import { stripVTControlCharacters } from "node:util";

import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** May be cut at a terminal that is too narrow; other columns are always shown whole. */
  readonly shrinks?: true;
}

const GAP = "  ";
/** A column is not cut below this. */
const MIN_WIDTH = 8;

/** Lines of a table; at a terminal they fit its width as far as the shrinking columns allow. */
export function renderTable(
  output: Output,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string {
  const natural = columns.map((column, index) =>
    rows.reduce((width, row) => Math.max(width, textWidth(row[index] ?? "")), column.title.length),
  );
  const widths = output.isTerminal ? fit(columns, natural, output.columns) : natural;
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) =>
        alignCell(cells[index] ?? "", widths[index] ?? 0, column.align ?? "left"),
      )
      .join(GAP)
      .trimEnd();
  const title = paint(output, "bold", line(columns.map((column) => column.title)));
  return `${[title, ...rows.map(line)].join("\n")}\n`;
}

/** The widest shrinking column gives way first. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  available: number,
): readonly number[] {
  const widths = [...natural];
  let excess =
    widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1)) - available;
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
  const shown = textWidth(cell) > width ? cut(cell, width) : cell;
  const padding = " ".repeat(Math.max(0, width - textWidth(shown)));
  return align === "right" ? padding + shown : shown + padding;
}

function cut(cell: string, width: number): string {
  return `${Array.from(stripVTControlCharacters(cell))
    .slice(0, width - 1)
    .join("")}…`;
}

function textWidth(text: string): number {
  // Nearly every cell; a table of a thousand rows asks ten thousand times.
  if (/^[ -~]*$/.test(text)) return text.length;
  return Array.from(stripVTControlCharacters(text)).length;
}
