import { describe, expect, test } from "vitest";

import { deletedBy, keptBy, planFor, type ImageWords } from "../../test/fixtures/host-in-words.ts";
import type { ImageRule, Keep } from "../policy/policy.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const rule = (keep: Keep): ImageRule => ({ name: "rule", match: {}, keep });

/** What becomes of one image: `goes`, or what keeps it. */
function fate(image: ImageWords, rules: readonly ImageRule[]): string {
  const plan = planFor({ images: { it: { names: "app:1", ...image } } }, { images: rules });
  return deletedBy(plan).length > 0 ? "goes" : keptBy(plan, "it").join(" ");
}

describe("times", () => {
  test.each<[what: string, image: ImageWords, keep: Keep, fate: string]>([
    [
      "a reproducible build dated 1970 is not ancient",
      { created: "1970-01-01T00:00:00Z" },
      { within: 30 * DAY },
      "age-unknown",
    ],
    [
      "nor is it the oldest of its repository",
      { created: "1970-01-01T00:00:00Z" },
      { last: 0 },
      "age-unknown",
    ],
    [
      "and counts from its arrival where that is known",
      { created: "1970-01-01T00:00:00Z", arrived: "40d" },
      { within: 30 * DAY },
      "goes",
    ],
    [
      "a mark of 1980 is no time either",
      { created: "1980-01-01T00:00:01Z" },
      { within: 30 * DAY },
      "age-unknown",
    ],
    [
      "built a year ago and pulled a minute ago is a minute old",
      { created: "365d", arrived: "1m" },
      { within: 2 * MINUTE },
      "rule",
    ],
    [
      "used five minutes ago by a container that is gone is five minutes unused",
      { created: "365d", used: "5m", seen: "90d" },
      { within: 6 * MINUTE, by: "used" },
      "rule",
    ],
    [
      "and not less",
      { created: "365d", used: "5m", seen: "90d" },
      { within: 4 * MINUTE, by: "used" },
      "goes",
    ],
    [
      "unused for no longer than it has been watched",
      { created: "365d", used: "300d", seen: "1d" },
      { within: 7 * DAY, by: "used" },
      "rule",
    ],
    [
      "never watched, its use is unknown",
      { created: "365d", used: "300d" },
      { within: 7 * DAY, by: "used" },
      "age-unknown",
    ],
    ["at the limit it is kept", { created: "7d" }, { within: 7 * DAY }, "rule"],
    ["a millisecond later it goes", { created: "7d" }, { within: 7 * DAY - 1 }, "goes"],
    ["what lies ahead is young", { created: "2026-12-24T00:00:00Z" }, { within: 0 }, "rule"],
  ])("%s", (_, image, keep, expected) => {
    expect(fate(image, [rule(keep)])).toBe(expected);
  });

  test.each<[what: string, image: ImageWords, by: "used" | "created", fate: string]>([
    ["longer unused than it was watched: not", { used: "300d", seen: "1d" }, "used", "no-rule"],
    ["watched for as long, it is", { used: "300d", seen: "300d" }, "used", "goes"],
    ["by its build, whatever else is later", { created: "300d", used: "1d" }, "created", "goes"],
    [
      "of unknown build it cannot be told",
      { created: "-", used: "300d" },
      "created",
      "age-unknown",
    ],
  ])("older than, by another time: %s", (_, image, by, expected) => {
    const old: ImageRule = { name: "old", match: { olderThan: 7 * DAY, by }, keep: {} };
    expect(fate(image, [old])).toBe(expected);
  });
});
