import { describe, expect, test } from "vitest";

import { versionLibrary } from "./versions.ts";

const { parse, compare, compileRange } = versionLibrary;

describe("a tag as a version", () => {
  test.each([
    ["1.2.3", "1.2.3"],
    ["v1.2.3", "1.2.3"],
    ["1", "1.0.0"],
    ["v18", "18.0.0"],
    ["1.27", "1.27.0"],
    ["0.0.0", "0.0.0"],
    ["2024.1", "2024.1.0"],
    ["1.2.3-rc.1", "1.2.3-rc.1"],
    ["1.27-alpine", "1.27.0-alpine"],
    ["18-bookworm-slim", "18.0.0-bookworm-slim"],
    ["1.27.3-alpine3.20", "1.27.3-alpine3.20"],
    ["1.2.3-4", "1.2.3-4"],
    ["1.2.3_build.5", "1.2.3"],
    ["1.2.3-rc.1_5", "1.2.3-rc.1"],
  ])("%s is %s", (tag, version) => {
    expect(parse(tag)?.version).toBe(version);
  });

  test.each([
    "latest",
    "",
    "v",
    "V1.2.3",
    "version-1",
    "1.x",
    "1.2.3.4",
    "01.2.3",
    "22.04",
    "1.2.3-",
    "1.2.3-01",
    "1.2.3 ",
    "main-12",
    // Dates and build numbers.
    "2024-01-01",
    "20240101",
    "20240101.1",
    "2024.01.31",
    "2024",
    "24-01-31",
    "1742",
    "12-34",
    "1.2-3",
    // Hexadecimal digits of a commit.
    "1234567",
    "7e3f",
  ])("%j is none", (tag) => {
    expect(parse(tag)).toBeUndefined();
  });

  test("the order is that of semver: a pre-release comes before its version", () => {
    const tags = ["1.27", "1.27-alpine", "1.26.2", "1.27.1-rc.2", "1.27.1-rc.10", "v2", "1.27.1"];
    const versions = tags.flatMap((tag) => parse(tag) ?? []);
    expect(versions.toSorted((a, b) => compare(b, a)).map(({ version }) => version)).toEqual([
      "2.0.0",
      "1.27.1",
      "1.27.1-rc.10",
      "1.27.1-rc.2",
      "1.27.0",
      "1.27.0-alpine",
      "1.26.2",
    ]);
  });
});

describe("a range", () => {
  test.each([
    ["*", "1.2.3-rc.1", true],
    [" * ", "0.0.1", true],
    [">=1.2", "1.2", true],
    [">=1.2", "1.3.0-rc.1", false],
    [">=1.2.0-0 <2", "1.2.0-rc.1", true],
    ["^1.2", "1.9.0", true],
    ["^1.2", "2.0.0", false],
    ["~1.2", "1.2.9", true],
    ["1.x || >=3", "3.1", true],
    ["1.2.3 - 1.4", "1.4.7", true],
    ["<1", "v0.9", true],
  ])("%s has %s: %s", (range, tag, holds) => {
    const version = parse(tag);
    expect(version && compileRange(range)?.(version)).toBe(holds);
  });

  test.each(["one", ">>1", "1..2"])("%j is none", (range) => {
    expect(compileRange(range)).toBeUndefined();
  });
});
