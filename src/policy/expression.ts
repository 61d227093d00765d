import { RE2JS } from "re2js";

import { requiredText } from "./required-text.ts";

/** A compiled RE2 expression. Every question takes time linear in the text. */
export interface Expression {
  /** Whether it is found anywhere in the text. */
  readonly isFound: (text: string) => boolean;
  /** The group that a text falls into: its captures, without captures the whole match; undefined where it is not found. */
  readonly groupOf: (text: string) => string | undefined;
}

/** `compileExpression`, where it is passed in: its library is loaded only for policies that have expressions. */
export type CompileExpression = (source: string) => Expression | undefined;

/** Compiles an RE2 expression. Undefined when the text is outside RE2. */
export function compileExpression(source: string): Expression | undefined {
  let expression: RE2JS;
  try {
    expression = RE2JS.compile(source);
  } catch (error) {
    if (error instanceof Error && error.name.startsWith("RE2JS")) return undefined;
    throw error;
  }
  const required = requiredText(source) ?? "";
  const isFound = (text: string): boolean => text.includes(required) && expression.test(text);
  return {
    isFound,
    groupOf(text) {
      // Whether it is found takes a fraction of the time that the captures do.
      if (!isFound(text)) return undefined;
      const matcher = expression.matcher(text);
      if (!matcher.find()) return undefined;
      const groups = matcher.groupCount();
      if (groups === 0) return matcher.group() ?? undefined;
      return Array.from({ length: groups }, (_, index) => matcher.group(index + 1) ?? "").join(
        "\u0000",
      );
    },
  };
}
