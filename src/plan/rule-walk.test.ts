import { describe, expect, test } from "vitest";

import { deletedBy, planFor, type HostWords } from "../../test/fixtures/host-in-words.ts";
import type { ImageRule } from "../policy/policy.ts";

const DAY = 86_400_000;

/** Names of one repository, a day apart: `a` is the newest. */
const HOST: HostWords = {
  images: Object.fromEntries(
    ["a", "b", "c", "d", "e", "f"].map((word, index) => [
      word,
      { names: `app:${word}`, created: `${index + 1}d` },
    ]),
  ),
};

const rule = (name: string, rest: Partial<ImageRule>): ImageRule => ({
  name,
  match: {},
  keep: {},
  ...rest,
});

/** What goes, and each rule that keeps with what it keeps. */
function outcome(images: readonly ImageRule[], host: HostWords = HOST): string {
  const plan = planFor(host, { images });
  const kept = plan.kept.map(
    ({ references, reasons }) =>
      `${references.map((name) => name.replace(/.*:/, "")).join("+")} ${reasons.map(({ rule: by }) => by).join("+")}`,
  );
  return [deletedBy(plan).join(" "), ...kept.toSorted()].join(", ");
}

describe("rules in turn", () => {
  test.each<[what: string, rules: readonly ImageRule[], expected: string]>([
    [
      "the first that matches decides",
      [rule("one", { match: { tag: ["a", "f"] } }), rule("two", { keep: { always: true } })],
      "a f, b two, c two, d two, e two",
    ],
    [
      "one that only removes: what it keeps goes on to the next",
      [
        rule("old", { keep: { within: 4 * DAY }, decides: "remove" }),
        rule("many", { keep: { last: 2 } }),
      ],
      "c d e f, a many, b many",
    ],
    [
      "what no later rule decides about stays by the rule that kept it first",
      [
        rule("old", { keep: { within: 4 * DAY }, decides: "remove" }),
        rule("many", { keep: { last: 3 }, decides: "remove" }),
      ],
      "d e f, a old, b old, c old",
    ],
    [
      "one that only keeps: what it does not keep goes on to the next",
      [
        rule("recent", { keep: { last: 2 }, decides: "keep" }),
        rule("rest", { match: { tag: ["c", "d"] } }),
      ],
      "c d, a recent, b recent, e no-rule, f no-rule",
    ],
    [
      "keeping rules before a removing one: kept by any is kept",
      [
        rule("first", { match: { tag: "f" }, keep: { always: true }, decides: "keep" }),
        rule("second", { keep: { last: 1 }, decides: "keep" }),
        rule("rest", {}),
      ],
      "b c d e, a second, f first",
    ],
    [
      "what one rule passes on and a later one keeps stays by the later one",
      [
        rule("newest", { keep: { last: 1 }, decides: "keep" }),
        rule("old", { keep: { within: 4 * DAY }, decides: "remove" }),
      ],
      "e f, a newest, b old, c old, d old",
    ],
    [
      "a rule counts what comes to it",
      [
        rule("old", { match: { tag: ["a", "b"] }, keep: { last: 1 }, decides: "remove" }),
        rule("many", { keep: { last: 2 } }),
      ],
      "b d e f, a many, c many",
    ],
    [
      "or all that it matches",
      [
        rule("old", { match: { tag: ["a", "b"] }, keep: { last: 1 }, decides: "remove" }),
        rule("many", { keep: { last: 2, among: "match" } }),
      ],
      "b c d e f, a many",
    ],
  ])("%s", (_, rules, expected) => {
    expect(outcome(rules)).toBe(expected);
  });

  test("a match that cannot be told ends the way, whatever comes later", () => {
    const host: HostWords = {
      images: { odd: { names: "app:odd", created: "-" }, old: { names: "app:old" } },
    };
    const rules = [
      rule("old", { match: { olderThan: DAY }, keep: { last: 1 }, decides: "keep" }),
      rule("rest", {}),
    ];
    expect(outcome(rules, host)).toBe(", odd age-unknown, old old");
  });

  test("an unknown age keeps, unless a later rule that does not ask for it takes it", () => {
    const host: HostWords = { images: { odd: { names: "app:odd", created: "-" } } };
    const aged = rule("aged", { keep: { within: DAY }, decides: "remove" });
    expect(outcome([aged], host)).toBe(", odd age-unknown");
    expect(outcome([{ ...aged, decides: "both" }, rule("rest", {})], host)).toBe(
      ", odd age-unknown",
    );
    expect(outcome([aged, rule("rest", {})], host)).toBe("odd");
  });
});

describe("names of one image", () => {
  const host: HostWords = {
    images: {
      a: { names: "app:1 app:2 other:1", created: "9d" },
      b: { names: "app:3", created: "9d" },
    },
  };
  const untags = (images: readonly ImageRule[]): string =>
    planFor(host, { images })
      .actions.map(({ kind, references }) => `${kind} ${references.join(" ")}`)
      .join(", ")
      .replaceAll("docker.io/library/", "");

  test.each<[what: string, rules: readonly ImageRule[], expected: string]>([
    [
      "one kept name keeps all",
      [rule("two", { match: { tag: "2" }, keep: { always: true } }), rule("rest", {})],
      "delete-image app:3",
    ],
    [
      "unless the rule takes names",
      [rule("two", { match: { tag: "2" }, keep: { always: true } }), rule("rest", { untag: true })],
      "untag app:1, untag other:1, delete-image app:3",
    ],
    [
      "a rule that takes names takes the image with the last",
      [rule("all", { untag: true })],
      "delete-image app:1 app:2 other:1, delete-image app:3",
    ],
    [
      "one that takes names only leaves the image, and on an engine its last name",
      [rule("all", { untag: "only" })],
      "untag app:2, untag other:1",
    ],
    [
      "and where another rule takes the rest of its names",
      [rule("app", { match: { repository: "app" }, untag: "only" }), rule("rest", {})],
      "untag app:1, untag app:2",
    ],
  ])("%s", (_, rules, expected) => {
    expect(untags(rules)).toBe(expected);
  });
});
