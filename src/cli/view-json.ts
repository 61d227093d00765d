import type { Output } from "./cli-context.ts";
import { escapeControls } from "./json-chunks.ts";

/** Prints any JSON value; for a document that may be long see `writeDocument`. */
export function writeJson(output: Output, value: unknown): void {
  output.write(`${escapeControls(JSON.stringify(value, undefined, 2))}\n`);
}
