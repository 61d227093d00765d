import { expect, test } from "vitest";

import { RowTexts } from "./row-texts.ts";

test.each([0, 1, 4095, 4096, 4097, 10_000])(
  "each of %i rows is read as it was written, in any order",
  (rows) => {
    const texts = new RowTexts(rows);
    for (let row = 0; row < rows; row += 1) {
      texts.add(`${row}`);
      for (let part = 0; part < row % 3; part += 1) texts.add("é•");
      texts.endRow();
    }
    for (let row = rows - 1; row >= 0; row -= 1)
      expect(texts.at(row)).toBe(`${row}${"é•".repeat(row % 3)}`);
  },
);

test("rows may be empty", () => {
  const texts = new RowTexts(3);
  texts.endRow();
  texts.add("two");
  texts.endRow();
  texts.endRow();
  expect([0, 1, 2].map((row) => texts.at(row))).toEqual(["", "two", ""]);
});
