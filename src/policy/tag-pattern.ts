import { RE2JS } from "re2js";

/** The group a tag falls into, undefined when the expression does not match it. */
export type TagGroup = (tag: string) => string | undefined;

/** `compileTagPattern`, where it is passed in: its library is loaded only for policies that have expressions. */
export type CompileTagPattern = (pattern: string) => TagGroup | undefined;

/**
 * Compiles an RE2 expression (linear time) on whole tags; its captures form the group, without captures the whole match
 * does. Undefined when the text is outside RE2.
 */
export function compileTagPattern(pattern: string): TagGroup | undefined {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(pattern);
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("RE2JS")) return undefined;
    throw error;
  }
  return (tag) => {
    const matcher = expression.matcher(tag);
    if (!matcher.find()) return undefined;
    const groups = matcher.groupCount();
    if (groups === 0) return matcher.group() ?? undefined;
    return Array.from({ length: groups }, (_, index) => matcher.group(index + 1) ?? "").join(
      "\u0000",
    );
  };
}
