import { expect, test } from "vitest";
import { engineTime, latest } from "./read-time.ts";

test.each([
  ["2026-11-21T11:32:47.566123456Z", "2026-11-21T11:32:47.566Z"],
  ["2026-11-21T12:32:47+01:00", "2026-11-21T11:32:47.000Z"],
  [1795264993, "2026-11-21T12:43:13.000Z"],
  ["0001-01-01T00:00:00Z", undefined],
  ["1970-01-01T00:00:00Z", undefined],
  ["1970-01-01T00:00:01Z", undefined],
  ["1980-01-01T00:00:01Z", undefined],
  [0, undefined],
  [-62135596800, undefined],
  [1e15, undefined],
  ["", undefined],
  ["yesterday", undefined],
  [null, undefined],
  [undefined, undefined],
])("%s is %s", (given, expected) => {
  expect(engineTime(given)).toBe(expected);
});

test("the latest of what is known", () => {
  expect(latest(undefined, "2026-01-02", "2026-01-01", undefined)).toBe("2026-01-02");
  expect(latest(undefined)).toBeUndefined();
});
