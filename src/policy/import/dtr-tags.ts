import { compileExpression } from "../expression.ts";
import type { Match } from "../policy.ts";
import { oneOrMore } from "./compose.ts";

/** What tags are made of, so that no value can be read as a glob. */
const TAG_PART = /^[\w.-]+$/;

/** A rule of DTR's on the name of a tag, or what is wrong with it. Several values are alternatives, whatever the operator. */
export function tagMatch(operator: string, values: readonly string[]): Match | string {
  if (operator === "matches") {
    const wrong = values.find((value) => value === "" || compileExpression(value) === undefined);
    return wrong === undefined
      ? { tag: oneOrMore(values.map((value) => `/${value}/`)) }
      : `"${wrong}" is not an RE2 expression`;
  }
  const wrong = values.find((value) => !TAG_PART.test(value));
  if (wrong !== undefined) return `"${wrong}" can be no part of a tag`;
  switch (operator) {
    case "eq":
    case "oo":
      return { tag: oneOrMore(values) };
    case "noo":
      return { tag: "*", not: { tag: oneOrMore(values) } };
    case "sw":
      return { tag: oneOrMore(values.map((value) => `${value}*`)) };
    case "ew":
      return { tag: oneOrMore(values.map((value) => `*${value}`)) };
    case "c":
    case "co":
      return { tag: oneOrMore(values.map((value) => `*${value}*`)) };
    default:
      return `"${operator}" must be "eq", "sw", "ew", "c", "oo", "noo" or "matches"`;
  }
}
