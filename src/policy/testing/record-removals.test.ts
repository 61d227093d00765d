import { describe, expect, test } from "vitest";

import fc from "fast-check";
import { parse } from "yaml";
import { recordRemovals } from "./record-removals.ts";

const several = `# what it is about
policy: a.yaml   # this one
tests:
  - name: first
    images:
      - app:1   3d   # young
    removes:
      - app:1   # stays as it is
      - app:2   # goes from here

  - name: second
    removes: [app:1, app:2]
    images: []
`;

describe("writes what goes into the file, and nothing else", () => {
  test.each<
    [
      what: string,
      before: string,
      removes: readonly (readonly string[] | undefined)[],
      after: string,
    ]
  >([
    ["a list that is missing", "now: x\n", [["app:1"]], "now: x\nremoves:\n  - app:1\n"],
    ["no line break at the end", "now: x", [["app:1"]], "now: x\nremoves:\n  - app:1\n"],
    ["nothing goes", "now: x\n", [[]], "now: x\nremoves: []\n"],
    [
      "a list without lines",
      "removes:\nnow: x\n",
      [["app:1", "<b>"]],
      "removes:\n  - app:1\n  - <b>\nnow: x\n",
    ],
    [
      "a list without lines before a comment",
      "removes: # these\nnow: x\n",
      [["app:1"]],
      "removes:\n  - app:1 # these\nnow: x\n",
    ],
    ["an empty list", "removes: []\nnow: x\n", [["app:1"]], "removes:\n  - app:1\nnow: x\n"],
    ["a list on one line", "removes: [a, b] # x\n", [["b", "c"]], "removes: [b, c] # x\n"],
    [
      "a list on one line, nothing goes",
      "removes: [a, b]\nnow: x\n",
      [[]],
      "removes: []\nnow: x\n",
    ],
    ["a list, nothing goes", "removes:\n  - a\n  - b\nnow: x\n", [[]], "removes: []\nnow: x\n"],
    [
      "what was right stays",
      "removes:\n  - a # one\n  # two\n  - b\n  - c\nnow: x\n",
      [["d", "a", "c"]],
      "removes:\n  - a # one\n  # two\n  - c\n  - d\nnow: x\n",
    ],
    ["all of it is new", "removes:\n- a\n- b", [["c"]], "removes:\n- c\n"],
    [
      "text that YAML would read otherwise",
      "now: x\n",
      [["a because it is: b", "# c"]],
      'now: x\nremoves:\n  - "a because it is: b"\n  - "# c"\n',
    ],
    [
      "line ends of another system",
      "removes:\r\n  - a\r\n  - b\r\nnow: x\r\n",
      [["b", "c"]],
      "removes:\r\n  - b\r\n  - c\r\nnow: x\r\n",
    ],
    ["a quoted line", 'removes:\n  - "a b"\n  - c\n', [["a b"]], 'removes:\n  - "a b"\n'],
    ["a mapping on one line", "{ now: x }\n", [["app:1"]], "{ now: x, removes: [app:1] }\n"],
    ["an empty one", "tests: [{}]\n", [["app:1"]], "tests: [{ removes: [app:1] }]\n"],
    [
      "one with a list",
      "tests: [{ removes: [a], now: x }]\n",
      [["b"]],
      "tests: [{ removes: [b], now: x }]\n",
    ],
    ["one with an empty list", "{ removes: [], now: x }\n", [["b"]], "{ removes: [b], now: x }\n"],
    ["one without a value", "{ now: x, removes: }\n", [["b"]], "{ now: x, removes: [b] }\n"],
    ["one where nothing goes", "{ removes: [a] }\n", [[]], "{ removes: [] }\n"],
    [
      "several tests",
      several,
      [["app:1"], undefined],
      several.replace("      - app:2   # goes from here\n", ""),
    ],
    [
      "the second of several",
      several,
      [undefined, ["app:1"]],
      several.replace("[app:1, app:2]", "[app:1]"),
    ],
    [
      "several without a list",
      "tests:\n  - name: a\n    images: []\n  # the other\n  - name: b\n",
      [["x"], ["y"]],
      "tests:\n  - name: a\n    images: []\n    removes:\n      - x\n  # the other\n  - name: b\n    removes:\n      - y\n",
    ],
  ])("%s", (_, before, removes, after) => {
    expect(recordRemovals(before, removes)).toBe(after);
    expect(recordRemovals(after, removes)).toBe(after);
  });
});

test("whatever is written is read back, and what stands around it stays", () => {
  const line = fc.stringMatching(/^[a-z<"#:,[\]{}&*!|>' -]{1,12}$/);
  const form = fc.constantFrom("absent", "nothing", "flow", "block", "quoted");
  fc.assert(
    fc.property(fc.uniqueArray(line), fc.uniqueArray(line), form, (before, after, form) => {
      const flow = JSON.stringify(before);
      const forms: Readonly<Record<typeof form, string>> = {
        absent: "",
        nothing: "removes: # none yet\n",
        flow: `removes: ${flow} # all\n`,
        block: before.map((each) => `  - ${JSON.stringify(each)} # one\n`).join(""),
        quoted: `"removes":\n  ${flow}\n`,
      };
      const list = form === "block" ? `removes:\n${forms.block}` : forms[form];
      const written = recordRemovals(`first: 1 # x\n${list}last: [2]\n# end\n`, [after]);
      const read = parse(written) as { first: number; removes: string[]; last: number[] };
      expect(read).toEqual({ first: 1, removes: expect.anything(), last: [2] });
      expect(read.removes.toSorted()).toEqual(after.toSorted());
      expect(written.startsWith("first: 1 # x\n")).toBe(true);
      expect(written).toContain("# end\n");
    }),
  );
});
