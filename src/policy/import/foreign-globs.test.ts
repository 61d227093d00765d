import { expect, test } from "vitest";

import { compileGlob } from "../glob.ts";
import { expandBraces, literalGlob, starGlob } from "./foreign-globs.ts";

test.each([
  ["latest", "latest"],
  ["{latest,4.*}", "latest 4.*"],
  ["v{1,2}.{0,1}", "v1.0 v1.1 v2.0 v2.1"],
  ["a{b,c{d,e}}f", "abf acdf acef"],
  ["{,rc-}1", "1 rc-1"],
  [String.raw`\{a,b\}`, String.raw`\{a,b\}`],
  ["[{]a,b", "[{]a,b"],
  ["a,b}", "a,b}"],
])("%s has the alternatives %s", (pattern, expected) => {
  expect(expandBraces(pattern)?.join(" ")).toBe(expected);
});

test.each(["{a", "{a,{b}", "a[b", "a\\", "{a,b}".repeat(10)])(
  "%s cannot be written out",
  (pattern) => {
    expect(expandBraces(pattern)).toBeUndefined();
  },
);

test.each(["a*b", "what?", "[x]", String.raw`back\slash`])(
  "%s is meant as it is written",
  (text) => {
    expect(compileGlob(literalGlob(text))(text)).toBe(true);
    expect(compileGlob(literalGlob(text))(`${text}x`)).toBe(false);
  },
);

test("of a pattern with stars only the stars are special", () => {
  const glob = compileGlob(starGlob("v*.[1]"));
  expect(["v10.[1]", "v1.1"].map(glob)).toEqual([true, false]);
});
