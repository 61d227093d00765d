import { expect, test } from "vitest";

import { failureLines } from "./failure-lines.ts";

const STACK = `AssertionError: expected 1 to be 2
    at expect (file:///repo/node_modules/chai/index.js:1:1)
    at /repo/src/plan/decide.test.ts:12:3
    at node:internal/process:1:1`;

test("a failure is told by its name, its seed, its message, its place and what differs", () => {
  const message = "expected 1 to be 2\n\n{ seed: 7 }";
  const diff = "\u001B[32m- 2\u001B[39m\n\u001B[31m+ 1\u001B[39m";
  expect(
    failureLines([
      { name: "a.test.ts > is two", seed: "SEED=1", errors: [{ message, stack: STACK, diff }] },
    ]),
  ).toEqual([
    "FAILED a.test.ts > is two (SEED=1)",
    "  expected 1 to be 2",
    "      at /repo/src/plan/decide.test.ts:12:3",
    "  { seed: 7 }",
    "  - 2",
    "  + 1",
  ]);
});

test.each([1, 3, 8, 50])("%i failures fit on a screen, and none is forgotten", (count) => {
  const message = Array.from({ length: 60 }, (_, line) => `${line} `.repeat(200)).join("\n");
  const failures = Array.from({ length: count }, (_, index) => ({
    name: `${index}`,
    errors: [{ message }],
  }));
  const lines = failureLines(failures);
  expect(lines.length).toBeLessThanOrEqual(37);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(240);
  const named = lines.filter((line) => /^FAILED \d+$/.test(line)).length;
  const besides = Number(/^FAILED besides: (\d+)$/.exec(lines.at(-1) ?? "")?.[1] ?? 0);
  expect(named + besides).toBe(count);
});
