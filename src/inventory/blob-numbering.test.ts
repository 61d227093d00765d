import { expect, test } from "vitest";
import { BlobNumbering } from "./blob-numbering.ts";

const digest = (index: number): string => `sha256:${index.toString(16).padStart(64, "0")}`;
const KEYS = [digest(1), `snapshot:${digest(1)}`, digest(2), "sha256:short", "sha512:x", ""];

test.each([
  { keys: "few", expected: 10 },
  { keys: "many", expected: 1_000_000 },
])("numbers are consecutive, one for each key, where $keys are expected", ({ expected }) => {
  const numbering = new BlobNumbering(expected);
  const first = KEYS.map((key) => numbering.number(key));
  expect(first).toEqual([0, 1, 2, 3, 4, 5]);
  expect(KEYS.map((key) => numbering.number(key))).toEqual(first);
  expect(KEYS.map((key) => numbering.find(key))).toEqual(first);
  expect(numbering.find(digest(3))).toBeUndefined();
  expect(numbering.size).toBe(KEYS.length);
});

test("more keys than were expected", () => {
  const numbering = new BlobNumbering(20_000);
  const keys = Array.from({ length: 100_000 }, (_, index) => digest(index));
  expect(keys.every((key, index) => numbering.number(key) === index)).toBe(true);
  expect(keys.every((key, index) => numbering.find(key) === index)).toBe(true);
});
