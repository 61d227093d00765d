import { expect, test } from "vitest";

import { TextSieve } from "./text-sieve.ts";

const texts = (count: number, prefix: string): readonly string[] =>
  Array.from({ length: count }, (_, index) => `registry.example.com/team/${prefix}-${index}:1.7`);

test.each([0, 1, 3, 1000])("lets all of %i texts through", (count) => {
  const wanted = new Set(["", "a", "sha256:1", ...texts(count, "app")]);
  const sieve = new TextSieve(wanted);
  expect([...wanted].filter((text) => !sieve.mayHave(text))).toEqual([]);
});

test("lets few others through", () => {
  const sieve = new TextSieve(new Set(texts(10_000, "app")));
  const through = texts(50_000, "other").filter((text) => sieve.mayHave(text));
  expect(through.length).toBeLessThan(10_000);
});
