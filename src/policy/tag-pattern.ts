import { missingLibrary, type PolicyLibraries } from "./libraries.ts";
import { compilePattern, listOf, type TextTest } from "./pattern.ts";
import type { SemverPattern, TagPattern } from "./policy.ts";

/** Compiles patterns on tags, of which one has to hold. A tag that is no version is in no range. */
export function compileTagPatterns(
  patterns: TagPattern | readonly TagPattern[],
  libraries: PolicyLibraries,
): TextTest {
  const tests = listOf(patterns).map((pattern) =>
    typeof pattern === "string"
      ? compilePattern(pattern, libraries)
      : compileRangeTest(pattern, libraries),
  );
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (tag) => tests.some((test) => test(tag));
}

function compileRangeTest({ semver }: SemverPattern, { versions }: PolicyLibraries): TextTest {
  if (versions === undefined) throw missingLibrary("ranges of versions");
  const isIn = versions.compileRange(semver);
  if (isIn === undefined) throw new RangeError(`"${semver}" is no range of versions`);
  return (tag) => {
    const version = versions.parse(tag);
    return version !== undefined && isIn(version);
  };
}
