import { expect, test } from "vitest";

import { renderTable, type Column } from "./table.ts";

const COLUMNS: readonly Column[] = [
  { title: "NAME", shrinks: true },
  { title: "SIZE", align: "right" },
  { title: "WHY", shrinks: true },
];
const ROWS = [
  ["a", "1MB", "short"],
  ["a-rather-long-name", "12.5MB", "a reason of many words"],
];
const output = (columns: number, isTerminal: boolean, colour = false) => ({
  write: () => {},
  columns,
  isTerminal,
  colour,
});

test("columns are as wide as what they hold, and lines end without blanks", () => {
  expect(renderTable(output(20, false), COLUMNS, ROWS)).toBe(
    [
      "NAME                  SIZE  WHY",
      "a                      1MB  short",
      "a-rather-long-name  12.5MB  a reason of many words",
      "",
    ].join("\n"),
  );
});

test("at a narrow terminal the widest shrinking column gives way first", () => {
  expect(renderTable(output(40, true), COLUMNS, ROWS)).toBe(
    [
      "NAME               SIZE  WHY",
      "a                   1MB  short",
      "a-rathe…ng-name  12.5MB  a reaso…y words",
      "",
    ].join("\n"),
  );
});

test("at a narrow terminal a wrapping column stands whole below the others", () => {
  const columns: readonly Column[] = [...COLUMNS.slice(0, 2), { title: "WHY", wraps: true }];
  expect(renderTable(output(30, true), columns, [...ROWS, ["b", "2MB", ""]])).toBe(
    [
      "NAME                  SIZE",
      "    WHY",
      "a                      1MB",
      "    short",
      "a-rather-long-name  12.5MB",
      "    a reason of many words",
      "b                      2MB",
      "",
    ].join("\n"),
  );
  const narrow = renderTable(output(20, true), columns, ROWS);
  expect(narrow).toContain("\n    a reason of many\n    words\n");
  expect(renderTable(output(50, true), columns, ROWS)).toContain(
    "  12.5MB  a reason of many words",
  );
});

test("wrapping columns go below from the right, as far as it takes", () => {
  const columns: readonly Column[] = [
    { title: "ACTION" },
    { title: "WHAT", wraps: true },
    { title: "FREES", align: "right" },
    { title: "WHY", wraps: true },
  ];
  const rows = [["delete", "team/application:1.2", "1MB", "in use by nothing"]];
  expect(renderTable(output(38, true), columns, rows)).toBe(
    [
      "ACTION  WHAT                  FREES",
      "    WHY",
      "delete  team/application:1.2    1MB",
      "    in use by nothing",
      "",
    ].join("\n"),
  );
  expect(renderTable(output(30, true), columns, rows)).toBe(
    [
      "ACTION  FREES",
      "    WHAT",
      "    WHY",
      "delete    1MB",
      "    team/application:1.2",
      "    in use by nothing",
      "",
    ].join("\n"),
  );
});

test("a terminal too narrow for anything still shows the columns that may not be cut", () => {
  expect(renderTable(output(5, true), COLUMNS, ROWS)).toContain("12.5MB");
});

test("colour takes no width", () => {
  const rows = [["\u001b[31mred\u001b[39m", "1B", "x"]];
  expect(renderTable(output(80, true), COLUMNS, rows)).toContain(
    "\u001b[31mred\u001b[39m     1B  x",
  );
});
