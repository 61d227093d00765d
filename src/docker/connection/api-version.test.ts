import { describe, expect, test } from "vitest";
import { compareApiVersions, negotiateApiVersion } from "./api-version.ts";

test.each([
  ["1.41", "1.41", 0],
  ["1.9", "1.41", -1],
  ["1.100", "1.52", 1],
  ["2.0", "1.52", 1],
])("%s against %s", (a, b, sign) => {
  expect(Math.sign(compareApiVersions(a, b))).toBe(sign);
});

describe("negotiateApiVersion", () => {
  test.each([
    ["Docker 20.10", "1.12", "1.41", undefined, { apiVersion: "1.41" }],
    ["Docker 28", "1.24", "1.51", undefined, { apiVersion: "1.51" }],
    ["newer than tested", "1.44", "1.60", undefined, { apiVersion: "1.52" }],
    ["asked for and known", "1.24", "1.51", "1.44", { apiVersion: "1.44" }],
  ])("%s", (_name, oldest, newest, asked, expected) => {
    expect(negotiateApiVersion({ oldest, newest }, asked)).toEqual(expected);
  });

  test.each([
    ["Docker 19.03", "1.12", "1.40", undefined, "too-old"],
    ["far in the future", "1.53", "1.70", undefined, "too-new"],
    ["asked for less than we speak", "1.12", "1.51", "1.40", "too-old"],
    ["asked for less than the engine speaks", "1.44", "1.51", "1.43", "too-old"],
    ["asked for more than the engine speaks", "1.12", "1.41", "1.44", "too-new"],
    ["asked for more than we speak", "1.44", "1.60", "1.53", "too-new"],
  ])("%s", (_name, oldest, newest, asked, mismatch) => {
    const negotiated = negotiateApiVersion({ oldest, newest }, asked);
    expect(negotiated).toMatchObject({ mismatch });
    expect(negotiated).toMatchObject({ detail: expect.stringContaining(newest) });
    expect(negotiated).toMatchObject({ detail: expect.stringContaining("1.52") });
  });
});
