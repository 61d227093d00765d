import { expect, test } from "vitest";
import { registryPace } from "./registry-pace.ts";

test.each([
  [{}, {}],
  [{ rate: "0.5" }, { perSecond: 0.5 }],
  [
    { rate: "20", budget: "1000" },
    { perSecond: 20, most: 1000 },
  ],
])("%j", (texts, limits) => {
  expect(registryPace(texts)).toEqual(limits);
});

test.each([{ rate: "fast" }, { rate: "0" }, { rate: "-1" }, { budget: "1.5" }, { budget: "1e9" }])(
  "%j is told, not left out",
  (texts) => {
    expect(() => registryPace(texts)).toThrow("which is no number of requests");
  },
);
