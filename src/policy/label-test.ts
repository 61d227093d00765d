import { compileGlob } from "./glob.ts";
import { compileExpressionTest, expressionIn, listOf } from "./pattern.ts";
import type { PolicyLibraries } from "./libraries.ts";
import type { Pattern, Patterns } from "./policy.ts";

type Labels = Readonly<Record<string, string>>;

export type LabelTest = (labels: Labels) => boolean;

/** Compiles patterns on labels of anything, of which one has to hold: `key`, `key=value`, or an expression on `key=value`. */
export function compileLabelTest(patterns: Patterns, libraries: PolicyLibraries): LabelTest {
  const tests = listOf(patterns).map((pattern) => compileOne(pattern, libraries));
  return (labels) => Object.entries(labels).some((label) => tests.some((test) => test(label)));
}

type EntryTest = (label: readonly [key: string, value: string]) => boolean;

function compileOne(pattern: Pattern, libraries: PolicyLibraries): EntryTest {
  const source = expressionIn(pattern);
  if (source !== undefined) {
    const isFound = compileExpressionTest(source, libraries);
    return ([key, value]) => isFound(`${key}=${value}`);
  }
  const equals = pattern.indexOf("=");
  const keyGlob = compileGlob(equals < 0 ? pattern : pattern.slice(0, equals));
  if (equals < 0) return ([key]) => keyGlob(key);
  const valueGlob = compileGlob(pattern.slice(equals + 1));
  return ([key, value]) => keyGlob(key) && valueGlob(value);
}
