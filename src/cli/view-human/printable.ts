/**
 * Characters that steer a terminal or change the order in which text is read: C0 and C1 controls, DEL, line separators
 * and the marks of bidirectional text. Names, labels and history come from foreign images and may hold any of them.
 */
const STEERING = /[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

const SHORT: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\t": String.raw`\t`,
};

/** Text on one line with everything that steers a terminal made visible: `\x1b[31m`, `\u202e`. */
export function printable(text: string): string {
  return text.replace(STEERING, (char) => {
    const code = char.charCodeAt(0);
    return SHORT[char] ?? (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

/** As `printable`, for text of several lines: line feeds and tabs stay. */
export function printableLines(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part) => (part === "\n" || part === "\t" ? part : printable(part)))
    .join("");
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
