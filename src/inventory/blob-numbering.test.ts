import { expect, test } from "vitest";
import { BlobNumbering } from "./blob-numbering.ts";

const hex = (start: string, end: string): string =>
  start + "0".repeat(64 - start.length - end.length) + end;

/** Keys that differ in one place each: in the digits that are hashed, in others, and in everything around them. */
const KEYS = [
  `sha256:${hex("", "")}`,
  `sha256:${hex("", "1")}`,
  `sha256:${hex("", "10000000")}`,
  `sha256:${hex("", "f0000000")}`,
  `sha256:${hex("", "1000000000000")}`,
  `sha256:${hex("", "1000000000000000000")}`,
  `sha256:${hex("", "1000000000000000000000000")}`,
  `snapshot:sha256:${hex("", "1")}`,
  `sha256:${"F".repeat(64)}`,
  `sha256:${"g".repeat(64)}`,
  `sha512:${hex("", "1")}`,
  "sha256:short",
  "",
];

test.each([
  ["few keys", 10],
  ["many keys", 1_000_000],
])("%s: each key has one number, in the order of asking", (_, expected) => {
  const numbering = new BlobNumbering(expected);
  expect(KEYS.map((key) => numbering.find(key))).toEqual(KEYS.map(() => undefined));
  expect(KEYS.map((key) => numbering.number(key))).toEqual([...KEYS.keys()]);
  expect(KEYS.map((key) => numbering.number(key))).toEqual([...KEYS.keys()]);
  expect(KEYS.map((key) => numbering.find(key))).toEqual([...KEYS.keys()]);
  expect(numbering.size).toBe(KEYS.length);
});

test("it grows, and loses and confuses nothing", () => {
  const numbering = new BlobNumbering(100_000);
  const keys = Array.from({ length: 400_000 }, (_, index) => {
    const spread = Math.imul(index, 0x9e3779b1) >>> 0;
    return `sha256:${hex(spread.toString(16).padStart(8, "0"), index.toString(16).padStart(32, "0"))}`;
  });
  const numbers = keys.map((key) => numbering.number(key));
  expect(numbers.every((number, index) => number === index)).toBe(true);
  expect(keys.every((key, index) => numbering.find(key) === index)).toBe(true);
});

test("it makes something of each key, by ascending number", () => {
  for (const expected of [10, 1_000_000]) {
    const numbering = new BlobNumbering(expected);
    for (const key of ["bb", "a", "ccc", "a"]) numbering.number(key);
    expect(numbering.map((key) => key.length)).toEqual(Float64Array.of(2, 1, 3));
  }
});
