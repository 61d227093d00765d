import { TemplateError, type TemplateFunction } from "./template.ts";
import { isTruthy, showValue } from "./template-values.ts";

type Implementation = (args: readonly unknown[]) => unknown;

/** The number of arguments has been checked by the parser. */
const IMPLEMENTATIONS: Readonly<Record<TemplateFunction, Implementation>> = {
  eq: ([left, right]) => left === right,
  index: ([value, ...keys]) => keys.reduce(indexOnce, value),
  join: ([list, separator]) => listOf(list, "join").map(showValue).join(showValue(separator)),
  json: ([value]) => JSON.stringify(value ?? null),
  len: ([value]) => lengthOf(value),
  lower: ([value]) => showValue(value).toLowerCase(),
  ne: ([left, right]) => left !== right,
  not: ([value]) => !isTruthy(value),
  println: (values) => `${values.map(showValue).join(" ")}\n`,
  upper: ([value]) => showValue(value).toUpperCase(),
};

export function callFunction(name: TemplateFunction, args: readonly unknown[]): unknown {
  return IMPLEMENTATIONS[name](args);
}

/** A key that an object lacks is the empty text, as with Go's maps of texts; a place beyond a list is an error. */
function indexOnce(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof key !== "number" || !Number.isInteger(key) || key < 0 || key >= value.length) {
      throw new TemplateError(`index ${showValue(key)} is not in a list of ${value.length}`);
    }
    return value[key];
  }
  if (value === null || value === undefined) return "";
  if (typeof value !== "object" || typeof key !== "string") {
    throw new TemplateError(
      `index cannot look up ${JSON.stringify(key)} in ${JSON.stringify(value)}`,
    );
  }
  return Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : "";
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value))
    throw new TemplateError(`${name} needs a list, not ${JSON.stringify(value)}`);
  return value;
}

function lengthOf(value: unknown): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (typeof value === "object") return Object.keys(value).length;
  throw new TemplateError(`len needs a text, a list or an object, not ${JSON.stringify(value)}`);
}
