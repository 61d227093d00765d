import { expect, test } from "vitest";

import { configImage, removed } from "../../../test/fixtures/bin-images.ts";
import { countEntries } from "./view-bin.ts";

const image = removed(configImage("app", []));
const volume = { ...image, volume: { name: "data" } };

test.each([
  [[], "0 images"],
  [[image], "1 image"],
  [[volume, volume], "2 volumes"],
  [[image, volume, image], "2 images, 1 volume"],
])("what is in the bin is counted by its kind", (images, expected) => {
  expect(countEntries(images.map((each) => ({ image: each })))).toBe(expected);
});
