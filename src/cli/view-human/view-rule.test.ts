import { expect, test } from "vitest";

import { nameRule } from "./view-rule.ts";

test.each([
  ["releases", "rule releases"],
  ["rule 2", "rule 2"],
  ["rule of thumb", "rule rule of thumb"],
])("%s is %s", (name, shown) => {
  expect(nameRule(name)).toBe(shown);
});
