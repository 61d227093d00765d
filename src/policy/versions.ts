import { compare, minVersion, parse, Range, type SemVer } from "semver";

export type Version = SemVer;

/** The library of versions, where it is passed in: it is loaded only for policies that speak of versions. */
export interface VersionLibrary {
  /** The version that a tag is, undefined when it is none. */
  readonly parse: (tag: string) => Version | undefined;
  /** Negative where the first is the lower one; what stands behind `+` does not count. */
  readonly compare: (a: Version, b: Version) => number;
  /** Undefined when the text is no range. */
  readonly compileRange: (range: string) => ((version: Version) => boolean) | undefined;
}

export const versionLibrary: VersionLibrary = { parse: parseVersion, compare, compileRange };

const TAG =
  /^v?(?<major>0|[1-9]\d{0,3})(?:\.(?<minor>0|[1-9]\d*)(?:\.(?<patch>0|[1-9]\d*))?)?(?:-(?<pre>[0-9A-Za-z.-]+))?(?:_(?<build>[0-9A-Za-z.-]+))?$/;

/**
 * A tag is a version as semver writes it, with these differences: `v` may stand in front; the last one or two numbers may
 * be missing and count as zero (`1.27-alpine` is the pre-release `1.27.0-alpine`); `_` stands for `+`, which no tag can
 * have. Dates and build numbers are none: not `20240101`, `2024`, `1742` (a number alone has up to three digits, the first
 * of several up to four), not `24-01-31` (behind fewer than three numbers a pre-release begins with a letter).
 */
function parseVersion(tag: string): Version | undefined {
  const { major = "", minor, patch, pre, build } = TAG.exec(tag)?.groups ?? {};
  if (major === "" || (minor === undefined && major.length > 3)) return undefined;
  if (pre !== undefined && patch === undefined && /^\d/.test(pre)) return undefined;
  const numbers = `${major}.${minor ?? "0"}.${patch ?? "0"}`;
  const text = numbers + (pre === undefined ? "" : `-${pre}`);
  return parse(build === undefined ? text : `${text}+${build}`) ?? undefined;
}

/** Whether no version at all is within the range, such as `>=2 <1`. */
export function isEmptyRange(range: string): boolean {
  return range.split("||").every((part) => minVersion(part) === null);
}

/** As node-semver has it: a pre-release is in a range only where the range names one of the same version. `*` has all. */
function compileRange(range: string): ((version: Version) => boolean) | undefined {
  if (range.trim() === "*") return () => true;
  let parsed: Range;
  try {
    parsed = new Range(range);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return (version) => parsed.test(version);
}
