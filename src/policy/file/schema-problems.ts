import type { z } from "zod";

import { keyAt, valueAt, type LocatedValue, type ValuePath } from "./located-value.ts";
import type { OffsetProblem } from "./locate-values.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Mistake } from "./schema/mistake.ts";
import { kindOf, withArticle } from "./schema/reader.ts";

type Issue = z.core.$ZodIssue;
type UnionIssue = z.core.$ZodIssueInvalidUnion;

/** What collections are called where one was wanted. */
const WANTED: Readonly<Record<string, string>> = {
  object: "a mapping (key: value)",
  record: "a mapping (key: value)",
  array: "a list",
};

/** The mistakes that the schema found, each where it stands. */
export function schemaProblems(
  root: LocatedValue,
  issues: readonly Issue[],
): readonly OffsetProblem[] {
  return issues.flatMap((issue) => problemsOf(root, issue, issue.path as ValuePath));
}

function problemsOf(root: LocatedValue, issue: Issue, path: ValuePath): readonly OffsetProblem[] {
  const at = valueAt(root, path);
  if (at === undefined && !isAboutKey(issue)) {
    return missing(root, path, mistakeOf(issue)?.suggestion);
  }
  if (issue.code === "invalid_union") return unionProblems(root, issue, path);
  return [withSubject(describe(root, issue, path))];
}

/** Of the forms that a value may have, the mistakes of the one that was meant. */
function unionProblems(
  root: LocatedValue,
  { errors }: UnionIssue,
  path: ValuePath,
): readonly OffsetProblem[] {
  const ofKind = errors.filter((issues) => !issues.some(isOtherKind));
  const [meant] = ofKind.toSorted((a, b) => a.length - b.length);
  if (meant !== undefined) {
    return meant.flatMap((issue) =>
      problemsOf(root, issue, [...path, ...(issue.path as ValuePath)]),
    );
  }
  const wanted = errors.flatMap((issues) => issues.filter(isOtherKind).flatMap(wantedBy));
  const kind = withArticle(kindOf(valueAt(root, path)?.value));
  const detail = `is ${kind}; ${[...new Set(wanted)].join(", or ")} is wanted`;
  return [withSubject({ ...extent(root, path), detail })];
}

/** What has neither a text nor a key is "this". */
function withSubject(problem: OffsetProblem): OffsetProblem {
  return problem.end === undefined ? { ...problem, detail: `this ${problem.detail}` } : problem;
}

/** The value as a whole is of another kind than this form. */
function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union")
    return issue.errors.every((issues) => issues.some(isOtherKind));
  return issue.code === "invalid_type" || mistakeOf(issue)?.wanted !== undefined;
}

function wantedBy(issue: Issue): readonly string[] {
  if (issue.code === "invalid_union") {
    return issue.errors.flatMap((issues) => issues.filter(isOtherKind).flatMap(wantedBy));
  }
  if (issue.code === "invalid_type") return [WANTED[issue.expected] ?? issue.expected];
  const wanted = mistakeOf(issue)?.wanted;
  return wanted === undefined ? [] : [wanted];
}

function describe(root: LocatedValue, issue: Issue, path: ValuePath): OffsetProblem {
  const found = mistakeOf(issue);
  if (found !== undefined) return describeMistake(root, issue, found, path);
  if (issue.code === "invalid_type") {
    const kind = withArticle(kindOf(valueAt(root, path)?.value));
    const detail = `is ${kind}; ${WANTED[issue.expected] ?? issue.expected} is wanted`;
    return { ...extent(root, path), detail };
  }
  if (issue.code === "too_small")
    return { ...extent(root, path), detail: "is empty: at least one is wanted" };
  return { ...extent(root, path), detail: issue.message };
}

function describeMistake(
  root: LocatedValue,
  issue: Issue,
  { detail, suggestion, quote, onKey }: Mistake,
  path: ValuePath,
): OffsetProblem {
  const place = onKey === true ? keyExtent(root, path) : extent(root, path);
  const known = knownKeys(issue);
  if (known !== undefined) {
    const near = nearestWord(String(path.at(-1)), known);
    const words = near === undefined ? `${detail}, which has ${known.join(", ")}` : detail;
    return { ...place, detail: words, ...(near === undefined ? {} : { suggestion: near }) };
  }
  return {
    ...place,
    detail,
    ...(quote === true ? { quoted: true } : suggestion === undefined ? {} : { suggestion }),
  };
}

/** `value`: what would be right behind the key. */
function missing(root: LocatedValue, path: ValuePath, value?: string): readonly OffsetProblem[] {
  const above = path.slice(0, -1);
  const key = String(path.at(-1));
  const present = [...(valueAt(root, above)?.entries?.keys() ?? [])];
  // The mistyped key is a mistake by itself; it tells of this one too.
  if (present.some((each) => nearestWord(each, [key]) !== undefined)) return [];
  const { start } = keyAt(root, above) === undefined ? extent(root, above) : keyExtent(root, above);
  const suggestion = value === undefined ? {} : { suggestion: `${key}: ${value}` };
  return [{ start, detail: `"${key}" is missing here`, ...suggestion }];
}

/** A message of the schema's own readers carries its parts. */
function mistakeOf(issue: Issue): Mistake | undefined {
  if (issue.code !== "custom" || issue.params === undefined) return undefined;
  return { ...issue.params, detail: issue.message };
}

function knownKeys(issue: Issue): readonly string[] | undefined {
  const known: unknown = issue.code === "custom" ? issue.params?.["known"] : undefined;
  return Array.isArray(known) ? known.map(String) : undefined;
}

function isAboutKey(issue: Issue): boolean {
  return mistakeOf(issue)?.onKey === true;
}

type Extent = Pick<OffsetProblem, "start" | "end">;

/** A text or number itself; of a list or mapping, or of nothing at all, the key that it belongs to. */
function extent(root: LocatedValue, path: ValuePath): Extent {
  const { start, end, isScalar } = valueAt(root, path) ?? root;
  if (isScalar && end > start) return { start, end };
  return keyAt(root, path) === undefined ? { start } : keyExtent(root, path);
}

function keyExtent(root: LocatedValue, path: ValuePath): Extent {
  const key = keyAt(root, path);
  return key === undefined ? extent(root, path) : { start: key.keyStart, end: key.keyEnd };
}
