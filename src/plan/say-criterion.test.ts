import { describe, expect, test } from "vitest";

import { inventoryOf } from "../../test/fixtures/host-in-words.ts";
import type { Image } from "../inventory/image.ts";
import { createCalendar } from "../policy/calendar.ts";
import type { CountedKind, CriterionResult, Place } from "../policy/criterion.ts";
import type { Moment } from "../policy/image-age.ts";
import type { Age } from "../policy/policy.ts";
import { sayKept, sayMissed } from "./say-criterion.ts";
import { createSayRemoved } from "./say-removed.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW_MS = Date.parse("2026-11-21T12:00:00Z");
const UTC = createCalendar();

const ago = (days: number, what: Moment["what"] = "created"): Moment => ({
  atMs: NOW_MS - days * DAY,
  what,
});

function within(withinMs: number, moment: Moment, by: Age = "active"): CriterionResult {
  return { kind: "within", holds: NOW_MS - moment.atMs <= withinMs, by, moment, withinMs };
}

function counted(
  kind: CountedKind,
  limit: number,
  rank: number,
  place: Partial<Place> = {},
  by: Age | "version" = "active",
) {
  const whole = { group: "docker.io/team/app", rank, isFirst: true, of: 9, ...place };
  return { kind, holds: whole.isFirst && rank <= limit, by, limit, place: whole } as const;
}

describe("kept", () => {
  test.each<[result: CriterionResult, text: string]>([
    [{ kind: "always", holds: true }, "the rule keeps all that it matches"],
    [within(7 * DAY, ago(3)), "created 3d ago; kept until 2026-11-25"],
    [within(2 * DAY, ago(1, "used"), "used"), "used 1d ago; kept until 2026-11-22"],
    [within(36 * HOUR, ago(1, "arrived")), "arrived 1d ago; kept until 2026-11-22 00:00"],
    [counted("last", 1, 1), "the newest of team/app, 1 is kept"],
    [counted("last", 5, 3), "3rd newest of team/app, 5 are kept"],
    [
      counted("last", 3, 2, { group: "docker.io/library/app:main" }),
      "2nd newest of app:main, 3 are kept",
    ],
    [counted("last", 3, 3, { group: "the target" }), "3rd newest of the target, 3 are kept"],
    [counted("last", 5, 1, {}, "version"), "the highest version of team/app, 5 are kept"],
    [counted("last", 5, 2, {}, "version"), "2nd highest version of team/app, 5 are kept"],
    [
      counted("perMajor", 3, 2, { series: "1.x" }, "version"),
      "2nd highest of 1.x in team/app, 3 are kept",
    ],
    [
      counted("weekly", 4, 2, { series: "2026-W47" }),
      "the newest of 2026-W47 in team/app, 4 weeks are kept",
    ],
    [
      counted("daily", 1, 1, { series: "2026-11-21" }),
      "the newest of 2026-11-21 in team/app, 1 day is kept",
    ],
  ])("%j", (result, text) => {
    expect(sayKept(result, NOW_MS, UTC)).toBe(text);
  });

  test("until a moment of the time zone", () => {
    const result = within(36 * HOUR, ago(0));
    expect(sayKept(result, NOW_MS, createCalendar("Asia/Tokyo"))).toBe(
      "created just now; kept until 2026-11-23 09:00 Asia/Tokyo",
    );
  });
});

test.each([
  [counted("last", 5, 8), "8th newest, 5 are kept"],
  [counted("last", 0, 1), "the newest, none is kept"],
  [counted("last", 1, 2, {}, "version"), "2nd highest version, 1 is kept"],
  [counted("perMinor", 3, 4, { series: "1.27.x" }, "version"), "4th highest of 1.27.x, 3 are kept"],
  [
    counted("weekly", 4, 6, { series: "2026-W40" }),
    "the newest of 2026-W40, the 6th week that has one, 4 weeks are kept",
  ],
  [counted("monthly", 4, 1, { series: "2026-11", isFirst: false }), "not the newest of 2026-11"],
])("missed: %j", (result, text) => {
  expect(sayMissed(result, result.place)).toBe(text);
});

function imageBuilt(created: string): Image {
  const [image] = inventoryOf({ images: { it: { created } } }).images;
  if (image === undefined) throw new Error("no image");
  return image;
}

describe("removed", () => {
  test.each<[missed: readonly CriterionResult[], text: string]>([
    [[], "dangling, created 9d ago"],
    [[within(DAY, ago(9))], "dangling, created 9d ago, kept only for 1d"],
    [
      [within(DAY, ago(8, "used"), "used")],
      "dangling, used 8d ago, kept only for 1d after its last use",
    ],
    [[counted("last", 3, 4)], "dangling, created 9d ago; 4th newest, 3 are kept"],
    [
      [within(DAY, ago(9)), counted("last", 3, 4)],
      "dangling, created 9d ago, kept only for 1d; 4th newest, 3 are kept",
    ],
    [
      [
        within(DAY, ago(9)),
        within(DAY, ago(9), "created"),
        within(2 * DAY, ago(12, "arrived"), "arrived"),
      ],
      "dangling, created 9d ago, kept only for 1d; kept only for 1d after its build; arrived 12d ago, kept only for 2d after its arrival",
    ],
  ])("%j", (missed, text) => {
    expect(createSayRemoved(NOW_MS)("dangling", imageBuilt("9d"), missed)).toBe(text);
  });

  test("of unknown age, where no limit asks for it", () => {
    expect(createSayRemoved(NOW_MS)("dangling", imageBuilt("-"), [])).toBe("dangling");
  });
});
