import { compileGlob } from "./glob.ts";
import { missingLibrary, type PolicyLibraries } from "./libraries.ts";
import type { Pattern, Patterns } from "./policy.ts";

/** A compiled pattern on one text. */
export type TextTest = (text: string) => boolean;

/** What stands between the slashes of `/RE2/`; undefined for a glob. */
export function expressionIn(pattern: Pattern): string | undefined {
  return pattern.length > 2 && pattern.startsWith("/") && pattern.endsWith("/")
    ? pattern.slice(1, -1)
    : undefined;
}

export function listOf<T>(one: T | readonly T[]): readonly T[] {
  return Array.isArray(one) ? (one as readonly T[]) : [one as T];
}

/** Compiles a glob on the whole text, or an expression that is found anywhere in it. */
export function compilePattern(pattern: Pattern, libraries: PolicyLibraries): TextTest {
  const source = expressionIn(pattern);
  return source === undefined ? compileGlob(pattern) : compileExpressionTest(source, libraries);
}

/** Compiles patterns on one text, of which one has to hold. */
export function compilePatterns(patterns: Patterns, libraries: PolicyLibraries): TextTest {
  const [only, ...others] = listOf(patterns).map((pattern) => compilePattern(pattern, libraries));
  if (only === undefined) return () => false;
  return others.length === 0 ? only : (text) => only(text) || others.some((test) => test(text));
}

/** Compiles an RE2 expression that the policy has been checked for. */
export function compileExpressionTest(source: string, { expressions }: PolicyLibraries): TextTest {
  if (expressions === undefined) throw missingLibrary("expressions");
  const expression = expressions(source);
  if (expression === undefined) throw new RangeError(`"${source}" is not an RE2 expression`);
  return expression.isFound;
}
