import { expect, test } from "vitest";
import { delayBefore, readRetryAfter } from "./retry-delay.ts";

test.each([
  ["the first, at least", 1, undefined, 0, 100],
  ["the first, at most", 1, undefined, 1, 200],
  ["doubled each time", 3, undefined, 1, 800],
  ["never longer than half a minute", 20, undefined, 1, 30_000],
  ["as asked", 1, 2, 0, 2000],
  ["as asked, not all at once", 1, 2, 1, 2200],
  ["at once, when asked for that", 1, 0, 0, 0],
  ["given up, when asked for too long", 1, 31, 0, undefined],
])("%s", (_name, attempt, retryAfter, random, expected) => {
  expect(delayBefore(attempt, retryAfter, () => random)).toBe(expected);
});

const NOW_MS = Date.parse("Sat, 21 Nov 2026 12:00:00 GMT");

test.each([
  [undefined, undefined],
  ["", undefined],
  ["120", 120],
  ["0", 0],
  ["-5", 0],
  ["Sat, 21 Nov 2026 12:00:07 GMT", 7],
  ["Sat, 21 Nov 2026 11:00:00 GMT", 0],
  ["soon", undefined],
])("Retry-After: %s", (header, seconds) => {
  expect(readRetryAfter(header, NOW_MS)).toBe(seconds);
});
