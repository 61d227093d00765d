import { compileGlob } from "../glob.ts";
import { expressionIn, listOf } from "../pattern.ts";
import type { Match, Patterns, TagPattern } from "../policy.ts";

/**
 * Whether everything that `inner` holds for, `outer` holds for too. Only what can be told from the words is: false where it
 * cannot. Ages and names are whatever they may be, so that a yes is a yes on every target.
 */
export function impliesMatch(inner: Match, outer: Match): boolean {
  const { any, all } = inner;
  // Rules are compared each with each: nearly all of them are told apart here.
  if (any === undefined && all === undefined) return everyFieldImplied([inner], outer);
  if (sameValue(inner, outer)) return true;
  if (
    any !== undefined &&
    any.length > 1 &&
    any.every((part) => impliesMatch({ ...inner, any: [part] }, outer))
  ) {
    return true;
  }
  return everyFieldImplied([inner, ...(all ?? []), ...(any?.length === 1 ? any : [])], outer);
}

/** Each field of `outer` follows from one of the parts, which hold together. */
function everyFieldImplied(parts: readonly Match[], outer: Match): boolean {
  for (const field in outer) {
    const key = field as keyof Match;
    if (!parts.some((part) => impliesField(key, part, outer))) return false;
  }
  return true;
}

/** Whether a match holds for every image there is. */
export function matchesEverything(match: Match): boolean {
  const { any, all, not, reference, repository, registry, ...rest } = match;
  const named = [reference, repository, registry].every((patterns) => patterns === undefined);
  if (Object.keys(rest).length > 0 || not !== undefined) return false;
  if (!named && ![reference, repository].some(hasDoubleStar)) return false;
  if (registry !== undefined && !listOf(registry).includes("*")) return false;
  return (any?.some(matchesEverything) ?? true) && (all?.every(matchesEverything) ?? true);
}

function hasDoubleStar(patterns: Patterns | undefined): boolean {
  return patterns !== undefined && listOf(patterns).includes("**");
}

/** Whether `inner` alone makes that field of `outer` hold. */
function impliesField(field: keyof Match, inner: Match, outer: Match): boolean {
  switch (field) {
    case "by":
      return true;
    case "label":
      return coversAll(inner.label, outer.label, coversLabel);
    case "reference":
    case "registry":
    case "digest":
    case "platform":
    case "target":
      return coversAll(inner[field], outer[field]);
    case "repository":
      // Beside a registry the pattern is on the path alone: it means something else.
      return (inner.registry === undefined) === (outer.registry === undefined)
        ? coversAll(inner.repository, outer.repository)
        : false;
    case "tag":
      return coversAll(inner.tag, outer.tag, coversTag);
    case "largerThanBytes":
      return (inner.largerThanBytes ?? -Infinity) >= (outer.largerThanBytes ?? 0);
    case "smallerThanBytes":
      return (inner.smallerThanBytes ?? Infinity) <= (outer.smallerThanBytes ?? 0);
    case "olderThan":
      return (
        (inner.by ?? "active") === (outer.by ?? "active") &&
        (inner.olderThan ?? -Infinity) >= (outer.olderThan ?? 0)
      );
    case "any":
      return outer.any?.some((part) => impliesMatch(inner, part)) ?? true;
    case "all":
      return outer.all?.every((part) => impliesMatch(inner, part)) ?? true;
    case "not":
      // The narrower the forbidden part, the more is left.
      return (
        inner.not !== undefined && outer.not !== undefined && impliesMatch(outer.not, inner.not)
      );
    default:
      return sameValue(inner[field], outer[field]);
  }
}

type OneOrMany = TagPattern | readonly TagPattern[] | undefined;

/** Every one of the inner patterns is covered by one of the outer ones. */
function coversAll(
  inner: OneOrMany,
  outer: OneOrMany,
  covering: (inner: TagPattern, outer: TagPattern) => boolean = covers,
): boolean {
  if (inner === undefined || outer === undefined) return outer === undefined;
  return listOf(inner).every((each) =>
    listOf(outer).some((other) => sameValue(each, other) || covering(each, other)),
  );
}

/** A star stays inside a segment; a tag has only one. */
function coversTag(inner: TagPattern, outer: TagPattern): boolean {
  if (outer === "*") return true;
  if (typeof outer === "object") return outer.semver.trim() === "*" && typeof inner === "object";
  return covers(inner, outer);
}

/** A glob with no other signs than stars takes what another glob's text says, stars for stars. */
function covers(inner: TagPattern, outer: TagPattern): boolean {
  if (typeof inner === "object" || typeof outer === "object") return false;
  if (expressionIn(outer) !== undefined || /[?[\\]/.test(outer)) return false;
  if (outer === "**") return true;
  return expressionIn(inner) === undefined && !/[[\\]|\*\*/.test(inner) && globTest(outer)(inner);
}

/** Keys and values are compared apart. */
function coversLabel(inner: TagPattern, outer: TagPattern): boolean {
  if (typeof inner === "object" || typeof outer === "object") return false;
  if (expressionIn(inner) !== undefined) return false;
  const [innerKey, innerValue] = splitLabel(inner);
  const [outerKey, outerValue] = splitLabel(outer);
  if (innerKey !== outerKey && !covers(innerKey, outerKey)) return false;
  if (outerValue === undefined || innerValue === outerValue) return true;
  return innerValue !== undefined && covers(innerValue, outerValue);
}

function splitLabel(text: string): readonly [key: string, value?: string] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** Rules are compared each with each, and most of their patterns are the same few. */
const GLOBS_KEPT = 1000;
const globs = new Map<string, (text: string) => boolean>();

function globTest(pattern: string): (text: string) => boolean {
  const known = globs.get(pattern);
  if (known !== undefined) return known;
  if (globs.size >= GLOBS_KEPT) globs.clear();
  const test = compileGlob(pattern);
  globs.set(pattern, test);
  return test;
}

/** Plain data of the same content, in whatever order its keys stand. */
function sameValue(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null)
    return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        sameValue((left as Record<string, unknown>)[key], (right as Record<string, unknown>)[key]),
    )
  );
}
