import { describe, expect, test } from "vitest";

import { CALENDAR, createCalendar } from "./calendar.ts";
import type { CalendarUnit } from "./policy.ts";

describe("the unit that a moment falls into", () => {
  test.each<[at: string, timeZone: string, unit: CalendarUnit, name: string]>([
    ["2026-11-21T12:00:00Z", "UTC", "daily", "2026-11-21"],
    ["2026-11-21T23:59:59.999Z", "UTC", "daily", "2026-11-21"],
    ["2026-11-22T00:00:00Z", "UTC", "daily", "2026-11-22"],
    ["2026-11-21T23:30:00Z", "Europe/Berlin", "daily", "2026-11-22"],
    ["2026-11-21T04:30:00Z", "America/New_York", "daily", "2026-11-20"],
    ["2026-11-21T18:15:00Z", "Asia/Kathmandu", "daily", "2026-11-22"],
    ["2026-11-21T18:14:59Z", "Asia/Kathmandu", "daily", "2026-11-21"],
    // Summer time ends on 25 October 2026 at 01:00 UTC: midnight is at 22:00 UTC before and at 23:00 UTC after.
    ["2026-10-24T21:59:59Z", "Europe/Berlin", "daily", "2026-10-24"],
    ["2026-10-24T22:00:00Z", "Europe/Berlin", "daily", "2026-10-25"],
    ["2026-10-25T22:59:59Z", "Europe/Berlin", "daily", "2026-10-25"],
    ["2026-10-25T23:00:00Z", "Europe/Berlin", "daily", "2026-10-26"],
    ["2026-11-21T12:00:00Z", "UTC", "weekly", "2026-W47"],
    ["2026-11-22T23:59:59Z", "UTC", "weekly", "2026-W47"],
    ["2026-11-23T00:00:00Z", "UTC", "weekly", "2026-W48"],
    ["2026-12-31T12:00:00Z", "UTC", "weekly", "2026-W53"],
    ["2027-01-03T12:00:00Z", "UTC", "weekly", "2026-W53"],
    ["2027-01-04T00:00:00Z", "UTC", "weekly", "2027-W01"],
    ["2018-12-31T12:00:00Z", "UTC", "weekly", "2019-W01"],
    ["2016-01-01T12:00:00Z", "UTC", "weekly", "2015-W53"],
    ["2027-01-03T23:30:00Z", "Europe/Berlin", "weekly", "2027-W01"],
    ["2026-11-30T23:30:00Z", "Europe/Berlin", "monthly", "2026-12"],
    ["2026-11-30T23:30:00Z", "UTC", "monthly", "2026-11"],
    ["2026-12-31T23:30:00Z", "Europe/Berlin", "yearly", "2027"],
    ["2026-12-31T23:30:00Z", "UTC", "yearly", "2026"],
  ])("%s in %s: %s %s", (at, timeZone, unit, name) => {
    expect(CALENDAR[unit].nameOf(createCalendar(timeZone).toWall(Date.parse(at)))).toBe(name);
  });
});

test.each<[unit: CalendarUnit, a: string, b: string, same: boolean]>([
  ["daily", "2026-11-21T00:00:00Z", "2026-11-21T23:59:59Z", true],
  ["daily", "2025-11-21T12:00:00Z", "2026-11-21T12:00:00Z", false],
  ["weekly", "2026-12-28T00:00:00Z", "2027-01-03T23:59:59Z", true],
  ["weekly", "2027-01-03T23:59:59Z", "2027-01-04T00:00:00Z", false],
  ["monthly", "2025-11-21T12:00:00Z", "2026-11-21T12:00:00Z", false],
  ["monthly", "2026-11-01T00:00:00Z", "2026-11-30T23:59:59Z", true],
  ["yearly", "2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z", true],
])("%s: %s and %s", (unit, a, b, same) => {
  const { bucketOf } = CALENDAR[unit];
  expect(bucketOf(Date.parse(a)) === bucketOf(Date.parse(b))).toBe(same);
});

test("a zone that is none is refused", () => {
  expect(() => createCalendar("Mars/Olympus")).toThrow(RangeError);
});
