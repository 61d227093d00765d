import { expect, test } from "vitest";

import { everyOf, keepAny, someOf } from "./compose.ts";

test("questions are one where no field is asked twice", () => {
  expect(everyOf([])).toEqual({});
  expect(everyOf([{}, { tag: "a" }])).toEqual({ tag: "a" });
  expect(everyOf([{ tag: "a" }, { state: "untagged" }])).toEqual({ tag: "a", state: "untagged" });
  expect(everyOf([{ tag: "a" }, { tag: "b" }])).toEqual({ all: [{ tag: "a" }, { tag: "b" }] });
});

test("equal alternatives are one, and one that always holds is enough", () => {
  expect(someOf([{ tag: "a" }, { tag: "a" }])).toEqual({ tag: "a" });
  expect(someOf([{ tag: "a" }, { tag: "b" }])).toEqual({ any: [{ tag: "a" }, { tag: "b" }] });
  expect(someOf([{ tag: "a" }, {}])).toEqual({});
});

test("criteria by several times are alternatives", () => {
  expect(keepAny([{ by: "used" }])).toEqual({});
  expect(keepAny([{ by: "arrived", last: 3 }, { by: "used" }])).toEqual({ by: "arrived", last: 3 });
  expect(
    keepAny([
      { by: "arrived", last: 3 },
      { by: "used", within: 5 },
    ]),
  ).toEqual({
    anyOf: [
      { by: "arrived", last: 3 },
      { by: "used", within: 5 },
    ],
  });
});
