import { describe, expect, test } from "vitest";

import { formatSize, parseSize } from "./size.ts";

describe("parseSize reads", () => {
  test.each([
    ["0", 0],
    ["10", 10],
    ["10B", 10],
    ["1k", 1e3],
    ["1M", 1e6],
    ["1.5GB", 1.5e9],
    ["10 GB", 10e9],
    ["10gb", 10e9],
    ["2T", 2e12],
    ["1PB", 1e15],
    ["10GiB", 10 * 2 ** 30],
    ["0.5KiB", 512],
    ["1.0005kB", 1001],
  ])("%s", (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

test.each([
  "",
  " ",
  "-1",
  "+1",
  "1e3",
  "1,5GB",
  "GB",
  "1.GB",
  ".5GB",
  "10Gi",
  "10 G B",
  "10  GB",
  "10GB ",
  "1EB",
  "ten",
  "0x10",
  "99999999PB",
  "9007199254740993",
  "Infinity",
])("parseSize refuses %j", (text) => {
  expect(parseSize(text)).toBeUndefined();
});

test.each([
  [0, "0B"],
  [999, "999B"],
  [1000, "1kB"],
  [999_949, "999.9kB"],
  [999_950, "1MB"],
  [1_234_567_890, "1.235GB"],
  [-20e6, "-20MB"],
  [5e18, "5000PB"],
])("formatSize(%d) is %s", (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
