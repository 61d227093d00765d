import { expect, test } from "vitest";

import { policyText } from "./policy-text.ts";
import type { ImageRule, Policy } from "./policy.ts";

const RULE: ImageRule = { name: "old", match: { tag: "dev*", label: "x" }, keep: { last: 3 } };
const POLICY: Policy = { source: "a.yaml", protect: [{ label: "keep" }], images: [RULE] };

test.each<[what: string, policy: Policy, same: boolean]>([
  ["another file", { ...POLICY, source: "b.yaml" }, true],
  ["another line", { ...POLICY, images: [{ ...RULE, position: { line: 3, column: 5 } }] }, true],
  ["protections elsewhere", { ...POLICY, protectPositions: [{ line: 2, column: 3 }] }, true],
  [
    "keys in another order",
    { ...POLICY, images: [{ keep: { last: 3 }, match: { label: "x", tag: "dev*" }, name: "old" }] },
    true,
  ],
  ["another limit", { ...POLICY, images: [{ ...RULE, keep: { last: 4 } }] }, false],
  ["one rule more", { ...POLICY, images: [RULE, { ...RULE, name: "more" }] }, false],
])("%s: same %s", (_, policy, same) => {
  expect(policyText(policy) === policyText(POLICY)).toBe(same);
});
