import { describe, expect, test } from "vitest";

import { readShell } from "./shell-text.ts";

describe("readShell", () => {
  test.each<{ text: string; commands: string[][] }>([
    { text: "", commands: [] },
    { text: "# only a comment\n\n", commands: [] },
    { text: "tool --a 1", commands: [["tool", "--a", "1"]] },
    { text: "tool 'a b' \"c d\" e\\ f", commands: [["tool", "a b", "c d", "e f"]] },
    { text: "tool --keep='^a$'\"b\"", commands: [["tool", "--keep=^a$b"]] },
    { text: 'tool "a\\"b\\\\c\\d"', commands: [["tool", 'a"b\\c\\d']] },
    { text: "tool a \\\n  b # and a comment\nother", commands: [["tool", "a", "b"], ["other"]] },
    { text: "one; two && three | four", commands: [["one"], ["two"], ["three"], ["four"]] },
    { text: "tool 'a\nb'", commands: [["tool", "a\nb"]] },
    { text: "tool '' > /dev/null", commands: [["tool", ""]] },
    { text: 'tool "costs 5$" a#b', commands: [["tool", "costs 5$", "a#b"]] },
    { text: "tool a\r\n", commands: [["tool", "a"]] },
  ])("$text", ({ text, commands }) => {
    expect(readShell(text)).toEqual({ commands, files: new Map() });
  });

  test("a here-document becomes the lines of the file that it goes to", () => {
    const text = "cat > /etc/list <<'END'\none\n# two\nEND\ntool --file /etc/list";
    expect(readShell(text)).toEqual({
      commands: [["tool", "--file", "/etc/list"]],
      files: new Map([["/etc/list", ["one", "# two"]]]),
    });
  });

  test.each([
    { text: "tool 'a", problem: "line 1: a quote is not closed" },
    { text: "tool a\ntool $AGE", problem: "line 2: $AGE stands for something" },
    { text: 'tool "${AGE}"', problem: "${AGE} stands for something" },
    { text: "tool `date`", problem: "` stands for something" },
    { text: "tool <<END\na\nEND", problem: "only as `cat > FILE <<END`" },
    { text: "cat > f <<END\na", problem: "does not end in END" },
  ])("refuses $text", ({ text, problem }) => {
    const read = readShell(text);
    expect("problems" in read ? read.problems.join("\n") : "").toContain(problem);
  });
});
