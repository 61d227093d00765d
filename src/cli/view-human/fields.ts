import type { Output } from "../cli-context.ts";
import { paint } from "./paint.ts";
import { printable } from "./printable.ts";

/** A title and named values below it, those without a value left out. */
export function renderFields(
  output: Output,
  title: string,
  fields: readonly (readonly [name: string, values: readonly string[]])[],
): string {
  const shown = fields.filter(([, values]) => values.length > 0);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  const lines = shown.flatMap(([name, values]) =>
    values.map((value, index) => `${(index === 0 ? name : "").padEnd(width)}  ${printable(value)}`),
  );
  return `${[paint(output, "bold", title), ...lines].join("\n")}\n`;
}
