import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { timeMs } from "./time-ms.ts";

describe("a time is what Date.parse makes of it", () => {
  test.each([
    "2026-06-01T12:34:56Z",
    "2026-06-01T12:34:56.7Z",
    "2026-06-01T12:34:56.789Z",
    "2026-06-01T12:34:56.789999999Z",
    "2024-02-29T23:59:59.999Z",
    "2024-03-01T00:00:00Z",
    "2026-12-31T23:59:59Z",
    "2026-02-28T00:00:00Z",
    "2026-06-01T12:34:56+02:00",
    "2026-06-01",
    "2100-03-01T00:00:00Z",
  ])("%s", (time) => expect(timeMs(time)).toBe(Date.parse(time)));

  test("whenever it is", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse("2013-03-21T00:00:00Z"), max: Date.parse("9999-12-31") }),
        (atMs) => {
          expect(timeMs(new Date(atMs).toISOString())).toBe(atMs);
        },
      ),
    );
  });

  test("whatever is written", () => {
    const digits = (length: number): fc.Arbitrary<string> =>
      fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
    const odd = fc
      .tuple(digits(4), digits(2), digits(2), digits(2), digits(2), digits(2), fc.string())
      .map(([y, mo, d, h, mi, s, end]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${end}Z`);
    fc.assert(
      fc.property(odd, (time) => {
        const parsed = Date.parse(time);
        const expected = parsed >= Date.parse("2013-03-20T00:00:00Z") ? parsed : Number.NaN;
        expect(timeMs(time)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  undefined,
  "",
  "0001-01-01T00:00:00Z",
  "1970-01-01T00:00:00Z",
  "1980-01-01T00:00:01Z",
  "2013-03-19T23:59:59Z",
  "2026-13-01T00:00:00Z",
  "2026-06-00T00:00:00Z",
  "2026-06-01T24:00:01Z",
  "2026-06-01T00:60:00Z",
  "2026-06-01T00:00:61Z",
  "2026-06-01T00:00:00.Z",
  "2026-06-01T00:00:00.1x2Z",
  "2026-0x-01T00:00:00Z",
  "yesterday",
])("unknown: %s", (time) => expect(timeMs(time)).toBeNaN());
