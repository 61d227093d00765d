import { describe, expect, test } from "vitest";

import { argumentsOf, readFlags, type Flag } from "./flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "age", short: "a", takes: "value" },
  { name: "dry-run", takes: "nothing" },
];

describe("readFlags", () => {
  test.each<{ line: string; values: Record<string, string[]>; operands?: string[] }>([
    { line: "", values: {} },
    { line: "--age 3d", values: { age: ["3d"] } },
    { line: "--age=3d -a 4d -a5d -a=6d", values: { age: ["3d", "4d", "5d", "6d"] } },
    { line: "--dry-run --dry-run", values: { "dry-run": ["", ""] } },
    { line: "one --dry-run -- --age", values: { "dry-run": [""] }, operands: ["one", "--age"] },
  ])("$line", ({ line, values, operands = [] }) => {
    const read = readFlags(line === "" ? [] : line.split(" "), FLAGS);
    expect(Object.fromEntries(read.values)).toEqual(values);
    expect(read.operands).toEqual(operands);
    expect(read.problems).toEqual([]);
  });

  test("every mistake at once", () => {
    expect(readFlags(["--aeg", "3d", "--dry-run=yes", "-x", "--age"], FLAGS).problems).toEqual([
      "--aeg is not an option that is known here: --age, --dry-run",
      "--dry-run takes no value: --dry-run=yes",
      "-x is not an option that is known here: --age, --dry-run",
      "--age needs a value",
    ]);
  });
});

describe("argumentsOf", () => {
  test.each<{ words: string; found: string | undefined }>([
    { words: "tool --a", found: "--a" },
    { words: "/usr/bin/tool --a", found: "--a" },
    { words: "--a", found: "--a" },
    { words: "docker run --name tool team/tool:1 --a", found: "--a" },
    { words: "docker run team/all-tools tool --a", found: "--a" },
    { words: "sudo tool --a", found: "--a" },
    { words: "toolbox --a", found: undefined },
  ])("$words", ({ words, found }) => {
    expect(argumentsOf("tool", [["cd", "there"], words.split(" ")])?.join(" ")).toBe(found);
  });
});
