import { expect, test } from "vitest";
import { isReferrersName, referrersTag, referrersTagIn } from "./referrers-tag.ts";

const HEX = "0123456789abcdef".repeat(4);

test.each([
  [`sha256-${HEX}`, `sha256:${HEX}`],
  [`sha256-${HEX}.sig`, `sha256:${HEX}`],
  [`sha256-${HEX}.att`, `sha256:${HEX}`],
  [`sha256-${HEX}.sbom`, `sha256:${HEX}`],
  // A tag has at most 128 characters: of sha512 half the digits.
  [`sha512-${HEX}`, `sha512:${HEX}${HEX}`],
  [`sha512-${HEX}${HEX}`, `sha512:${HEX}${HEX}`],
  [`sha256-${HEX}.other`, undefined],
  [`sha256-${HEX.slice(1)}`, undefined],
  [`sha256-${HEX}0`, undefined],
  [`x-sha256-${HEX}`, undefined],
  ["latest", undefined],
])("%s", (tag, subject) => {
  expect(referrersTagIn(tag)).toBe(subject && referrersTag(subject));
  expect(isReferrersName(`host.example:5000/app:${tag}`)).toBe(subject !== undefined);
});
