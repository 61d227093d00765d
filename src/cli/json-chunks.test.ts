import { expect, test } from "vitest";

import { jsonChunks } from "./json-chunks.ts";

test.each([
  {},
  { list: [], object: {}, text: 'a"b', nothing: null, number: 1.5, yes: true },
  { list: [1, { a: [2] }, "x"], object: { "odd key": [1], second: { third: 3 } } },
  { absent: undefined, present: { absent: undefined, there: 1 } },
])("%j is the same JSON in pieces", (document) => {
  expect(JSON.parse([...jsonChunks(document)].join(""))).toEqual(
    JSON.parse(JSON.stringify(document)),
  );
});

test("a long document comes in pieces of a bounded length", () => {
  const chunks = [
    ...jsonChunks({
      images: Array.from({ length: 20_000 }, (_, id) => ({ id, name: `image ${id}` })),
    }),
  ];
  expect(chunks.length).toBeGreaterThan(5);
  expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(100_000);
});

test("no control character reaches a terminal", () => {
  const text = [...jsonChunks({ label: "\u001b[31m\u009b31m\u007f" })].join("");
  expect(text).toBe('{\n  "label": "\\u001b[31m\\u009b31m\\u007f"\n}\n');
});
