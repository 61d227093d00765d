import { styleText } from "node:util";

import type { Output } from "../cli-context.ts";

export type Style = "bold" | "dim" | "red" | "yellow" | "green" | "cyan";

/** Text in a style where the output takes colour; as it is elsewhere. */
export function paint(output: Output, style: Style, text: string): string {
  return output.colour ? styleText(style, text, { validateStream: false }) : text;
}
