import { describe, expect, test } from "vitest";

import { formatDuration, parseDuration } from "./duration.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe("parseDuration reads", () => {
  test.each([
    ["0", 0],
    ["0s", 0],
    ["250ms", 250],
    ["90s", 90 * SECOND],
    ["15m", 15 * MINUTE],
    ["36h", 36 * HOUR],
    ["7d", 7 * DAY],
    ["2w", 14 * DAY],
    ["1h30m", 90 * MINUTE],
    ["1.5h", 90 * MINUTE],
    ["168h0m0s", 7 * DAY],
    ["0.5ms", 1],
    ["P7D", 7 * DAY],
    ["P2W", 14 * DAY],
    ["PT36H", 36 * HOUR],
    ["P1DT2H3M4S", DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND],
    ["PT0.0004S", 0],
  ])("%s", (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });
});

test.each([
  "",
  " ",
  "7",
  "-1h",
  "+1h",
  "1M",
  "1y",
  "1mo",
  "1 h",
  " 7d",
  "7d ",
  "7D",
  "1e3s",
  "1h30",
  ".5h",
  "1.h",
  "h",
  "one hour",
  "P",
  "PT",
  "P1DT",
  "P1M",
  "P1Y",
  "p7d",
  "P-7D",
  "366001d",
  "99999999999999999999d",
  "P99999999999999999999D",
  `${"9".repeat(400)}h`,
])("parseDuration refuses %j", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test.each([
  [0, "0s"],
  [999, "0s"],
  [-5 * DAY, "0s"],
  [59 * SECOND, "59s"],
  [MINUTE, "1m"],
  [90 * SECOND, "1m 30s"],
  [12 * MINUTE, "12m"],
  [HOUR + 5 * SECOND, "1h"],
  [3 * DAY + 4 * HOUR + 5 * MINUTE, "3d 4h"],
  [400 * DAY, "400d"],
])("formatDuration(%d) is %s", (durationMs, text) => {
  expect(formatDuration(durationMs)).toBe(text);
});
