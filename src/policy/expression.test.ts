import { expect, test } from "vitest";

import { cpuMsOf } from "../../test/fixtures/cpu-ms.ts";
import { compileExpression } from "./expression.ts";

test.each([
  ["^(?P<branch>.+)-[0-9]+$", "main-12", "main"],
  ["^(.+)-[0-9]+$", "main", undefined],
  ["^v([0-9]+)\\.([0-9]+)", "v1.2.3", "1\u00002"],
  ["^(a)?(b)$", "b", "\u0000b"],
  ["^v[0-9]+", "v12.1", "v12"],
  ["", "anything", ""],
])("%s on %s", (pattern, tag, group) => {
  expect(compileExpression(pattern)?.groupOf(tag)).toBe(group);
});

test.each(["(", "(?=a)", "(a)\\1", "[z-a]"])("%s is outside RE2", (pattern) => {
  expect(compileExpression(pattern)).toBeUndefined();
});

test("no expression is slow", () => {
  const tookMs = cpuMsOf(() => {
    expect(compileExpression("^(a+)+$")?.groupOf(`${"a".repeat(128)}!`)).toBeUndefined();
  });
  expect(tookMs).toBeLessThan(1000);
});
