import { describe, expect, test } from "vitest";

import { isDigest, isVerifiableDigest, shortDigest } from "./digest.ts";

const HEX = "0123456789abcdef".repeat(4);

describe("isDigest", () => {
  test.each([
    `sha256:${HEX}`,
    `sha512:${HEX}${HEX}`,
    "multihash+base58:QmRZxt2b1FVZPNqd8hsiykDL3TdBDeTSPX9Kv46HmX4Gx8",
    "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
  ])("takes %s", (text) => {
    expect(isDigest(text)).toBe(true);
  });

  test.each([
    "",
    HEX,
    "sha256:",
    `sha256:${HEX.slice(1)}`,
    `sha256:${HEX}0`,
    `sha256:${HEX.toUpperCase()}`,
    `sha512:${HEX}`,
    `SHA256:${HEX}`,
    `sha256:../../${HEX.slice(6)}`,
    "md5:../../etc/passwd",
    "+b64:abc",
    `sha256:${HEX}\n`,
  ])("refuses %j", (text) => {
    expect(isDigest(text)).toBe(false);
  });
});

test.each([
  [`sha256:${HEX}`, true],
  [`sha512:${HEX}${HEX}`, true],
  ["md5:d41d8cd98f00b204e9800998ecf8427e", false],
  ["sha256:readme", false],
])("isVerifiableDigest(%j) is %j", (text, expected) => {
  expect(isVerifiableDigest(text)).toBe(expected);
});

test.each([
  [`sha256:${HEX}`, "0123456789ab"],
  ["multihash:Qm", "multihash:Qm"],
])("shortDigest(%j) is %j", (digest, expected) => {
  expect(shortDigest(digest)).toBe(expected);
});
