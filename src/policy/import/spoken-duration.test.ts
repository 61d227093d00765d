import { expect, test } from "vitest";

import { parseSpokenDuration } from "./spoken-duration.ts";

const DAY = 86_400_000;

test.each<[string, number | undefined]>([
  ["3days", 3 * DAY],
  ["5 days", 5 * DAY],
  ["1 week, 2 days", 9 * DAY],
  ["1h 30m", 5_400_000],
  ["2w", 14 * DAY],
  ["1.5 hours", 5_400_000],
  ["30S", 30_000],
  ["", undefined],
  ["5", undefined],
  ["days", undefined],
  ["5 fortnights", undefined],
  ["1 month", undefined],
  ["5M", undefined],
  ["3d and more", undefined],
])("%j", (text, ms) => {
  expect(parseSpokenDuration(text)).toBe(ms);
});
