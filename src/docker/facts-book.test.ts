import { expect, test } from "vitest";
import type { FactsCache } from "../ports/facts-cache.ts";
import { FactsBook } from "./facts-book.ts";

function memoryCache(): FactsCache & { writes: number } {
  const stored = new Map<string, ReadonlyMap<string, string>>();
  return {
    writes: 0,
    read: (scope, keys) =>
      new Map([...(stored.get(scope) ?? [])].filter(([key]) => keys.includes(key))),
    write(scope, entries) {
      this.writes += 1;
      stored.set(scope, new Map([...(stored.get(scope) ?? []), ...entries]));
    },
    retain: () => undefined,
  };
}

const image = (...chainIds: readonly string[]) => ({
  platforms: ["linux/amd64"],
  chainIds,
  seenAs: "a",
});

test("what was entered is there the next time, without what is gone", () => {
  const cache = memoryCache();
  const book = new FactsBook(cache, "one");
  book.addToBlob("c1", { sizeBytes: 5 });
  book.addToBlob("c1", { diskBytes: 4096 });
  book.addToBlob("c2", { sizeBytes: 7 });
  book.setImage("i1", image("c1"));
  book.setImage("i2", image("c1", "c2"));
  book.save(new Set(["i1"]), new Set(["c1"]));

  const next = new FactsBook(cache, "one");
  expect(next.images).toEqual(new Map([["i1", image("c1")]]));
  expect(next.blobs).toEqual(new Map([["c1", { sizeBytes: 5, diskBytes: 4096 }]]));
  expect(new FactsBook(cache, "two").images.size).toBe(0);
});

test("nothing new is not written", () => {
  const cache = memoryCache();
  new FactsBook(cache, "one").save(new Set(), new Set());
  expect(cache.writes).toBe(0);
});

test("a book of another form is an empty one", () => {
  const cache = memoryCache();
  cache.write("one", new Map([["facts", JSON.stringify({ form: 0, blobs: [], images: 1 })]]));
  expect(new FactsBook(cache, "one").images.size).toBe(0);
});
