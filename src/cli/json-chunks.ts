import type { Output } from "./cli-context.ts";

/** Characters gathered before they are handed on. */
const CHUNK_LENGTH = 64 * 1024;
/**
 * What JSON leaves as it is and a terminal may obey: DEL, the C1 controls, line separators and the marks of bidirectional
 * text. Escaped, they are the same JSON.
 */
const UNSAFE = /[\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/**
 * A JSON document in pieces, so that one of any length can be written without being held as a single text. Arrays and
 * objects that are fields of `document` have each member on a line of its own; what they hold is compact.
 */
export function* jsonChunks(document: object): Generator<string, void> {
  let pending = "";
  for (const piece of pieces(document)) {
    pending += piece;
    if (pending.length < CHUNK_LENGTH) continue;
    yield escapeControls(pending);
    pending = "";
  }
  yield escapeControls(`${pending}\n`);
}

/** Prints a JSON document of any length. */
export function writeDocument(output: Output, document: object): void {
  for (const chunk of jsonChunks(document)) output.write(chunk);
}

function* pieces(document: object): Generator<string, void> {
  let separator = "{";
  for (const [key, value] of Object.entries(document)) {
    if (value === undefined) continue;
    yield `${separator}\n  ${JSON.stringify(key)}: `;
    yield* memberPieces(value);
    separator = ",";
  }
  yield separator === "{" ? "{}" : "\n}";
}

function* memberPieces(value: unknown): Generator<string, void> {
  if (Array.isArray(value)) {
    let separator = "[";
    for (const element of value) {
      yield `${separator}\n    ${JSON.stringify(element)}`;
      separator = ",";
    }
    yield separator === "[" ? "[]" : "\n  ]";
    return;
  }
  if (typeof value !== "object" || value === null) {
    yield JSON.stringify(value);
    return;
  }
  let separator = "{";
  for (const key in value) {
    const member: unknown = (value as Readonly<Record<string, unknown>>)[key];
    if (member === undefined) continue;
    yield `${separator}\n    ${JSON.stringify(key)}: ${JSON.stringify(member)}`;
    separator = ",";
  }
  yield separator === "{" ? "{}" : "\n  }";
}

/** JSON text with nothing in it that steers a terminal. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
