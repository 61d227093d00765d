import { expect, test } from "vitest";

import { cpuMsOf } from "../../../test/fixtures/cpu-ms.ts";
import { mistakesIn } from "../../../test/fixtures/policy-mistakes.ts";

const hostile: readonly (readonly [what: string, text: string, detail: RegExp])[] = [
  ["over a mebibyte", `version: 1\n#${"x".repeat(2 ** 20)}`, /^1:1 the file is larger than 1 MiB/],
  [
    "a hundred thousand brackets",
    `version: 1\nprotect: ${"[".repeat(100_000)}`,
    /nested too deep here$/,
  ],
  ["as many dashes", `version: 1\nprotect:\n  ${"- ".repeat(100_000)}`, /nested too deep here$/],
  [
    "sixty levels",
    `version: 1\nprotect: ${"[".repeat(60)}${"]".repeat(60)}`,
    /nested deeper than 50 levels$/,
  ],
  [
    "a billion laughs",
    `version: 1\nx-0: &a0 [a, b]\n${Array.from({ length: 40 }, (_, i) => `x-${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("")}`,
    /stands for more than 100,000 values, most of them by aliases$/,
  ],
  ["a key of its prototype", "version: 1\n__proto__: { images: [] }", /"__proto__" can be no key$/],
];

test.each(hostile)("%s is refused soon", (_, text, detail) => {
  const tookMs = cpuMsOf(() => expect(mistakesIn(text)[0]).toMatch(detail));
  expect(tookMs).toBeLessThan(2000);
});

test("twenty thousand keys take no more time each than two thousand", () => {
  const timeEach = (count: number): number => {
    const keys = Array.from({ length: count }, (_, index) => `x-${index}: 1\n`).join("");
    const tookMs = cpuMsOf(() =>
      expect(mistakesIn(`version: 1\n${keys}x-7: 2\n`)).toEqual([
        `${count + 2}:1 "x-7" stands here a second time`,
      ]),
    );
    return tookMs / count;
  };
  const amongFew = Math.min(timeEach(2_000), timeEach(2_000), timeEach(2_000));
  // Comparing each with each would take ten times as long; the rest is for what memory costs.
  expect(timeEach(20_000) / amongFew).toBeLessThan(5);
});
