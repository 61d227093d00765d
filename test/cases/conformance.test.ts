import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { casesOf, KNOWN_CASES } from "./known-cases/cases-of.ts";

const ROW =
  /^\| ([A-Z]+-?\w*) \| .+ \| (holds|elsewhere|differs|left out|missing|fails)(?:: .+)? \|$/gm;

test("docs/conformance.md has each known case once, and none without a test or a reason", () => {
  const rows = [...readFileSync("docs/conformance.md", "utf8").matchAll(ROW)];
  const known = KNOWN_CASES.flatMap(({ cases }) => cases.map(({ id }) => id));
  expect(rows.map(([, id]) => id)).toEqual(known);
  expect(new Set(known).size).toBe(known.length);
  const open = rows.filter(([, , state]) => state === "missing" || state === "fails");
  expect(open.map(([, id]) => id)).toEqual([]);
});

test("a case whose test is said to be in a file is there, under its name", () => {
  const lost = KNOWN_CASES.flatMap(({ cases }) => cases).filter(
    ({ id, leftOut = "" }) =>
      leftOut.startsWith("test/") && !readFileSync(leftOut, "utf8").includes(`"${id}`),
  );
  expect(lost).toEqual([]);
});

test.each<[id: string, cases: readonly string[]]>([
  ["A5", ["A5"]],
  ["A5-active", ["A5"]],
  ["A6b", ["A6b"]],
  ["C-defect", ["C-defect"]],
  ["ECR-09-priority", ["ECR-09"]],
  ["H3 H37", ["H3", "H37"]],
  ["parent-name", []],
])("a row %s is about %j", (id, cases) => {
  expect(casesOf(id)).toEqual(cases);
});

test.each(["Z1", "A999", "ECR-99"])("a row %s is a slip", (id) => {
  expect(() => casesOf(id)).toThrow(id);
});
