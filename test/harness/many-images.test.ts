import { expect, it } from "vitest";
import { manyImages } from "./many-images.ts";
import { SeededRandom } from "./seeded-random.ts";

it("shares 3 layers among all, 2 in each group of ten, and gives 3 to each image", () => {
  const images = manyImages(30, new SeededRandom("layers"), 16);
  const usersOf = new Map<string, number>();
  for (const { layers } of images)
    for (const { diffId } of layers) usersOf.set(diffId, (usersOf.get(diffId) ?? 0) + 1);
  const counts = [...usersOf.values()];
  expect(counts.filter((users) => users === 30)).toHaveLength(3);
  expect(counts.filter((users) => users === 10)).toHaveLength(2 * 3);
  expect(counts.filter((users) => users === 1)).toHaveLength(3 * 30);
});

it("is the same for the same seed", () => {
  const first = manyImages(3, new SeededRandom("same"), 16);
  expect(manyImages(3, new SeededRandom("same"), 16)).toEqual(first);
  expect(manyImages(3, new SeededRandom("other"), 16)).not.toEqual(first);
});
