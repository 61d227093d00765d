import { expect, test } from "vitest";
import { isReferrersName, subjectOfTag } from "./referrers-tag.ts";

const HEX = "0123456789abcdef".repeat(4);

test.each([
  [`sha256-${HEX}`, `sha256:${HEX}`],
  [`sha256-${HEX}.sig`, `sha256:${HEX}`],
  [`sha256-${HEX}.att`, `sha256:${HEX}`],
  [`sha256-${HEX}.sbom`, `sha256:${HEX}`],
  [`sha512-${HEX}${HEX}`, `sha512:${HEX}${HEX}`],
  [`sha256-${HEX}.other`, undefined],
  [`sha256-${HEX.slice(1)}`, undefined],
  [`x-sha256-${HEX}`, undefined],
  ["latest", undefined],
])("%s", (tag, subject) => {
  expect(subjectOfTag(tag)).toBe(subject);
  expect(isReferrersName(`host.example:5000/app:${tag}`)).toBe(subject !== undefined);
});
