import { expect, test } from "vitest";
import type { FactsCache } from "../ports/facts-cache.ts";
import { FactsBook } from "./facts-book.ts";
import { refreshTagTimes } from "./refresh-tag-times.ts";

const NO_CACHE: FactsCache = { read: () => new Map(), write: () => {}, retain: () => {} };
const MAY = "2026-05-01T00:00:00.000Z";
const JUNE = "2026-06-01T00:00:00.000Z";

test.each([
  ["given again", MAY, JUNE, JUNE],
  ["given for the first time since the look", undefined, JUNE, JUNE],
  ["as it was", MAY, MAY, MAY],
  ["earlier on the disk than the engine said", JUNE, MAY, JUNE],
  ["not on the disk", MAY, undefined, MAY],
])("a name %s", (_title, known, onDisk, expected) => {
  const book = new FactsBook(NO_CACHE, "engine");
  const taggedAt = known === undefined ? {} : { taggedAt: known };
  book.setImage("sha256:a", { platforms: [], chainIds: [], seenAs: "app:1", ...taggedAt });
  refreshTagTimes({ taggedAt: () => onDisk }, book, [{ id: "sha256:a" }, { id: "sha256:new" }]);
  expect(book.images.get("sha256:a")?.taggedAt).toBe(expected);
  expect(book.images.has("sha256:new")).toBe(false);
});
