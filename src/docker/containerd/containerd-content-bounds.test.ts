import { expect, test } from "vitest";
import { boundContent } from "./containerd-content-bounds.ts";

const stack = (units: string, bytes: number, maxBytes = bytes) => ({
  units: units.split(""),
  minBytes: bytes,
  maxBytes,
});

test.each([
  { title: "nothing", stacks: [], groups: {} },
  { title: "one image: all its own", stacks: [stack("ab", 100)], groups: { ab: 100 } },
  {
    title: "an image inside another",
    stacks: [stack("a", 60), stack("ab", 100)],
    groups: { a: 60, b: 40 },
  },
  {
    title: "two on a base that is no image: what cannot be told apart is nobody's",
    stacks: [stack("ab", 100), stack("ac", 100)],
    groups: { a: 0, b: 0, c: 0 },
  },
  {
    title: "a big one on the base of a small one",
    stacks: [stack("ab", 100), stack("ac", 30)],
    groups: { a: 0, b: 70, c: 0 },
  },
  {
    title: "a total that is only a range",
    stacks: [stack("a", 60, 70), stack("ab", 100)],
    groups: { a: 60, b: 30 },
  },
  {
    title: "through several",
    stacks: [stack("a", 10), stack("ab", 30), stack("abc", 60)],
    groups: { a: 10, b: 20, c: 30 },
  },
])("$title", ({ stacks, groups }) => {
  const found = boundContent(stacks).map(({ units, minBytes }) => [units.join(""), minBytes]);
  expect(Object.fromEntries(found)).toEqual(groups);
});
