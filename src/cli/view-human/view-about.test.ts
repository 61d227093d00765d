import { expect, test } from "vitest";
import { sayAbout } from "./view-about.ts";

test.each<[number, string]>([
  [0.1, "about a second"],
  [1.4, "about a second"],
  [2.6, "about 3 s"],
  [9.9, "about 10 s"],
  [17, "about 15 s"],
  [18, "about 20 s"],
  [89, "about 90 s"],
  [90, "about 2 min"],
  [600, "about 10 min"],
  [5_399, "about 90 min"],
  [7_300, "about 2 h"],
])("%d s", (seconds, text) => {
  expect(sayAbout(seconds * 1000)).toBe(text);
});
