import { expect, test } from "vitest";

import { idOf, inventoryOf, wordOf } from "../../test/fixtures/host-in-words.ts";
import { createImageLookup } from "./image-lookup.ts";

const inventory = inventoryOf({
  images: {
    app: { names: "app:1 quay.io/app:1 app@x" },
    moved: { names: "app:2 other@x" },
    index: { names: "multi:latest", children: "part" },
    part: {},
    "same-start-of-id-1": {},
    "same-start-of-id-2": {},
  },
});
const hex = (word: string, digits: number): string => idOf(word).slice(7, 7 + digits);

test.each([
  ["", ""],
  [idOf("app"), "app"],
  [hex("app", 64), "app"],
  [hex("app", 12), "app"],
  [`sha256:${hex("app", 12)}`, "app"],
  [hex("app", 11), ""],
  [hex("same-start-of-id-1", 12), "same-start-of-id-1 same-start-of-id-2"],
  [hex("same-start-of-id-1", 40), "same-start-of-id-1"],
  ["app:1", "app"],
  ["docker.io/library/app:1", "app"],
  ["quay.io/app:1", "app"],
  ["app", ""],
  ["multi", "index"],
  [`app@${idOf("x")}`, "app moved"],
  [`app:2@${idOf("x")}`, "app moved"],
  [idOf("x"), "app moved"],
  [idOf("part"), "index part"],
  ["App:1", ""],
  ["not a name", ""],
])("%s means %s", (text, words) => {
  expect(createImageLookup(inventory, [text])(text).map(wordOf).toSorted().join(" ")).toBe(words);
});

test("a text that was not asked for means nothing", () => {
  expect(createImageLookup(inventory, ["app:1"])("app:2")).toEqual([]);
});
