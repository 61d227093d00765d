import { expect, test } from "vitest";

import { printable, printableLines } from "./printable.ts";

test.each([
  ["plain text, ümläute and 漢字", "plain text, ümläute and 漢字"],
  ["\u001b[31mred\u001b[0m", String.raw`\x1b[31mred\x1b[0m`],
  ["\u001b]0;title\u0007", String.raw`\x1b]0;title\x07`],
  ["\u009b31m", String.raw`\x9b31m`],
  ["two\nlines\ttab\rback", String.raw`two\nlines\ttab\rback`],
  ["\u202egnp.exe", String.raw`\u202egnp.exe`],
  ["a\u2028b\u007f", String.raw`a\u2028b\x7f`],
])("%j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("text of several lines keeps them", () => {
  expect(printableLines("a\tb\n\u001b[2Jc\r\n")).toBe("a\tb\n\\x1b[2Jc\\r\n");
});
