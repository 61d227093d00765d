import { describe, expect, test } from "vitest";

import { importDtr } from "../import/dtr.ts";
import { NO_LIBRARIES } from "../libraries.ts";
import type { ImageRule, Policy } from "../policy.ts";
import { exportDtr } from "./dtr.ts";

const DAY_MS = 86_400_000;
const APP = "dtr.example.com/team/app";

function policyOf(...images: readonly Partial<ImageRule>[]): Policy {
  return {
    source: "test",
    protect: [],
    images: images.map((rule, index) => ({
      name: `rule-${index + 1}`,
      match: {},
      keep: {},
      untag: true,
      ...rule,
    })),
  };
}

/** `field operator values`, conditions of one policy joined by `and`. */
function inWords(policy: Policy): readonly string[] {
  return exportDtr(policy, APP, NO_LIBRARIES).policies.map(({ policy: { rules } }) =>
    rules
      .map(({ field, operator, values }) => `${field} ${operator} ${values.join()}`)
      .join(" and "),
  );
}

function refusals(policy: Policy): readonly string[] {
  return exportDtr(policy, APP, NO_LIBRARIES).unsayable.map(({ detail }) => detail);
}

describe("what can be said", () => {
  const young = { within: 30 * DAY_MS, by: "arrived" } as const;
  test.each<[string, Policy, readonly string[]]>([
    [
      "a beginning and an age",
      policyOf({ match: { tag: "dev-*" }, keep: young }),
      ["tag sw dev- and updated_at_duration bf 720h"],
    ],
    [
      "an age in the match",
      policyOf({ match: { olderThan: 90_000, by: "arrived" } }),
      ["updated_at_duration bf 90s"],
    ],
    [
      "tags, ends and parts are alternatives",
      policyOf({ match: { tag: ["a", "*-b", "*c*", "d"] } }),
      ["tag oo a,d", "tag ew -b", "tag c c"],
    ],
    ["an expression", policyOf({ match: { tag: "/^pr-\\d+$/" } }), ["tag matches ^pr-\\d+$"]],
    [
      "all but some tags",
      policyOf({ match: { tag: "*", not: { tag: ["latest", "v1"] } } }),
      ["tag noo latest,v1"],
    ],
    [
      "younger than",
      policyOf({ match: { not: { olderThan: DAY_MS, by: "arrived" } } }),
      ["updated_at_duration af 24h"],
    ],
    [
      "what is protected is excepted in each",
      {
        ...policyOf({ match: { tag: "dev-*" } }, { match: { tag: "pr-*" } }),
        protect: [{ tag: "dev-1" }],
      },
      ["tag sw dev- and tag noo dev-1", "tag sw pr- and tag noo dev-1"],
    ],
    [
      "rules of other repositories, and protection there, are none here",
      {
        ...policyOf(
          { match: { repository: "team/other", tag: "x" } },
          { match: { repository: "team/*", tag: "y" } },
        ),
        protect: [{ repository: "team/other", label: "keep" }, { not: { repository: "team/**" } }],
      },
      ["tag oo y"],
    ],
    [
      "a rule that only keeps, apart from the next",
      policyOf({ match: { tag: "v*" }, keep: { always: true } }, { match: { tag: "dev-*" } }),
      ["tag sw dev-"],
    ],
  ])("%s", (_, policy, words) => {
    expect(refusals(policy)).toEqual([]);
    expect(inWords(policy)).toEqual(words);
  });
});

describe("what cannot be said is named, and why", () => {
  test.each<[string, Policy, string]>([
    ["a count", policyOf({ match: { tag: "dev-*" }, keep: { last: 3 } }), "keep by last"],
    ["another time", policyOf({ match: { olderThan: DAY_MS } }), "not active"],
    ["whole images only", policyOf({ match: { tag: "a" }, untag: false }), "untag: true"],
    ["a label", policyOf({ match: { tag: "a", label: "x" } }), "ask for label"],
    ["versions", policyOf({ match: { tag: { semver: "<1" } } }), 'not "semver <1"'],
    ["a star in the middle", policyOf({ match: { tag: "a*b" } }), 'not "a*b"'],
    [
      "not of a pattern",
      policyOf({ match: { tag: "*", not: { tag: "v*" } } }),
      "whole tags, and no patterns",
    ],
    [
      "what an earlier rule keeps",
      policyOf(
        { match: { tag: "v*" }, keep: { always: true } },
        { match: { tag: ["dev-*", "*-rc"] } },
      ),
      "rule-1 keeps some of these tags first",
    ],
    ["every tag", policyOf({}), "needs a condition"],
    [
      "protection by pattern",
      { ...policyOf({ match: { tag: "a" } }), protect: [{ tag: "v*" }] },
      "protect: it can except whole tags",
    ],
    [
      "headroom",
      {
        ...policyOf({ match: { tag: "a" } }),
        headroom: { start: { share: 0.9 }, stop: { share: 0.8 } },
      },
      "room on a disk",
    ],
  ])("%s", (_, policy, detail) => {
    expect(refusals(policy).join("\n")).toContain(detail);
  });
});

test("a rule of which a part cannot be said is left out whole", () => {
  const policy = policyOf({ match: { tag: "a" } }, { match: { tag: "b*" }, keep: { last: 1 } });
  expect(inWords(policy)).toEqual(["tag oo a"]);
  expect(refusals(policy)).toHaveLength(1);
});

test("what DTR has comes back as it was", () => {
  const rule = (field: string, operator: string, ...values: readonly string[]) => ({
    field,
    operator,
    values,
  });
  const policies = [
    {
      enabled: true,
      rules: [rule("tag", "sw", "dev-"), rule("updated_at_duration", "bf", "720h")],
    },
    { enabled: true, rules: [rule("tag", "noo", "latest", "v1")] },
  ];
  const imported = importDtr(JSON.stringify(policies));
  if ("problems" in imported) throw new Error(imported.problems.join());
  const { policies: back, unsayable } = exportDtr(imported.policy, APP, NO_LIBRARIES);
  expect(unsayable).toEqual([]);
  expect(back.map(({ policy }) => policy)).toEqual(policies);
});
