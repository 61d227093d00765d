import { describe, expect, test } from "vitest";

import { cpuMsOf } from "../../test/fixtures/cpu-ms.ts";
import { compileGlob } from "./glob.ts";

describe("compileGlob", () => {
  test.each([
    ["", "", true],
    ["", "a", false],
    ["a", "a", true],
    ["a", "A", false],
    ["a", "ab", false],
    ["*", "", true],
    ["*", "abc", true],
    ["*", "a/b", false],
    ["a*", "a", true],
    ["a*c", "abbbc", true],
    ["a*c", "abbbcd", false],
    ["*a*b*", "xaxbx", true],
    ["a**c", "abc", true],
    ["?", "a", true],
    ["?", "", false],
    ["?", "/", false],
    ["a?c", "abc", true],
    ["[abc]", "b", true],
    ["[a-c]x", "bx", true],
    ["[!a-c]", "b", false],
    ["[!a-c]", "d", true],
    ["[^a-c]", "d", true],
    ["[a-]", "-", true],
    ["[]a]", "]", true],
    ["[a", "[a", true],
    ["[]", "[]", true],
    ["[!]", "!", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a\\", "a\\", true],
    ["**", "a", true],
    ["**", "a/b/c", true],
    ["team/**", "team/a/b", true],
    ["team/**", "team", false],
    ["team/**", "teams/a", false],
    ["**/app", "app", true],
    ["**/app", "a/b/app", true],
    ["**/app", "a/myapp", false],
    ["a/**/z", "a/z", true],
    ["a/**/z", "a/b/c/z", true],
    ["a/**/b/**/c", "a/x/b/b/y/c", true],
    ["a/*/c", "a/b/b/c", false],
    ["*/*", "a", false],
    ["v[0-9]*.[0-9]*", "v1.12", true],
    ["v[0-9]*.[0-9]*", "v1-rc", false],
    ["a.c", "abc", false],
    ["(a|b)", "a", false],
  ])("%j on %j: %s", (pattern, text, matches) => {
    expect(compileGlob(pattern)(text)).toBe(matches);
  });
});

test.each([
  [`${"*a".repeat(50)}*b`, "a".repeat(5000)],
  [`${"**/a/".repeat(50)}b`, "a/".repeat(5000)],
  [`${"?*".repeat(100)}x`, "y".repeat(5000)],
  [`**/${"*[a-z]".repeat(40)}!`, `${"abc/".repeat(500)}${"z".repeat(2000)}`],
])("no pattern is slow: %#", (pattern, text) => {
  const matches = compileGlob(pattern);
  expect(cpuMsOf(() => expect(matches(text)).toBe(false))).toBeLessThan(1000);
});
