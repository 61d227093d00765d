import { expect, test } from "vitest";

import { readFields, readJson } from "./json-fields.ts";

function read(value: unknown): { problems: string[]; fields: ReturnType<typeof readFields> } {
  const problems: string[] = [];
  return { problems, fields: readFields(value, "", problems) };
}

test("every field that is not what it must be is said, with its path", () => {
  const { problems, fields } = read({
    text: 1,
    texts: ["a", 1],
    flag: "yes",
    whole: 1.5,
    word: "c",
    object: [],
    objects: [{ inner: -1 }, "b"],
    map: { key: 1 },
    other: 1,
  });
  fields?.text("text");
  fields?.texts("texts");
  fields?.flag("flag");
  fields?.whole("whole", 0);
  fields?.oneOf("word", ["a", "b"]);
  fields?.object("object");
  fields?.objects("objects")?.forEach((each) => each.whole("inner", 0));
  fields?.entries("map");
  fields?.refuseOthers();
  expect(problems).toEqual([
    "text: must be a text",
    "texts: must be a list of texts",
    "flag: must be true or false",
    "whole: must be a whole number, 0 or more, not 1.5",
    'word: must be "a" or "b", not "c"',
    "object: must be an object",
    "objects[1]: must be an object",
    "objects[0].inner: must be a whole number, 0 or more, not -1",
    'map["key"]: must be an object',
    "other: is not known here",
  ]);
});

test("absent fields and null are undefined, and no problem", () => {
  const { problems, fields } = read({ empty: null });
  expect([fields?.text("empty"), fields?.objects("absent"), fields?.has("empty")]).toEqual([
    undefined,
    undefined,
    false,
  ]);
  expect(problems).toEqual([]);
});

test("names of a prototype are no fields", () => {
  expect(read({}).fields?.raw("constructor")).toBeUndefined();
});

test.each([
  ["", "the text is empty"],
  ["{", "this is not JSON"],
])("%j is no JSON", (text, problem) => {
  const problems: string[] = [];
  expect(readJson(text, problems)).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining(problem)]);
});
