import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { expect, test } from "vitest";

import { compileExpression } from "./expression.ts";
import { requiredText } from "./required-text.ts";

test.each([
  ["-rc\\.\\d+$", "-rc."],
  ["^release-\\d{4}-final", "release-"],
  ["^(feature|fix)-login", "-login"],
  ["snapshot", "snapshot"],
  ["ab?cd", "cd"],
  ["ab+cd", "ab"],
  ["abc*?de", "ab"],
  ["abc{2,}x", "ab"],
  ["a[b\\]c]def", "def"],
  ["[]x]yz", "yz"],
  ["(?:ab)cd(?P<name>e)", "cd"],
  ["a😀?bc", "bc"],
  ["a|bcd", undefined],
  ["(?i)abc", undefined],
  ["\\Qa.b\\E", undefined],
  ["\\x{61}bc", undefined],
  ["[[:alpha:]]bc", undefined],
  ["a{x}bc", undefined],
  [".*", undefined],
  ["a", undefined],
  ["", undefined],
])("%s requires %s", (source, text) => {
  expect(requiredText(source)).toBe(text);
});

const atom = fc.constantFrom(
  ..."abc-.😀".split(""),
  "😀",
  "ab",
  "\\.",
  "\\-",
  "\\d",
  "\\w",
  ".",
  "[ab]",
  "[^a\\]]",
  "[]a]",
  "(a|b)",
  "(?:ab|c)?",
  "(?P<n>b-)",
  "^",
  "$",
);
const quantified = fc
  .tuple(atom, fc.constantFrom("", "", "", "*", "?", "+", "{2}", "{1,}", "{0,1}", "*?", "+?"))
  .map(([one, quantifier]) => (/^[\^$]$/.test(one) ? one : one + quantifier));
const source = fc
  .tuple(fc.array(quantified, { maxLength: 6 }), fc.constantFrom("", "", "", "", "|", "|ab"))
  .map(([parts, end]) => parts.join("") + end);

test("no text that the expression fits is missed", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "-", ".", "1", "😀", "]"), {
    maxLength: 12,
  });
  fc.assert(
    fc.property(source, text, (expression, chars) => {
      const compiled = compileExpression(expression);
      if (compiled === undefined) return;
      const whole = chars.join("");
      expect(compiled.isFound(whole)).toBe(RE2JS.compile(expression).matcher(whole).find());
    }),
    { numRuns: 5000 },
  );
});
