import * as z from "zod";

import { nearestWord } from "../nearest-word.ts";
import { isMistake, mistake, type Mistake } from "./mistake.ts";

/** What editors are told about a value. */
export interface Hint {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

export type Schema<T> = z.ZodType<T>;

/** A value that `read` understands or complains about; `hint` is its JSON Schema. */
export function reader<T>(read: (value: unknown) => T | Mistake, hint: Hint): Schema<T> {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = read(value);
      if (!isMistake(result)) return result;
      context.addIssue({ code: "custom", message: result.detail, params: { ...result } });
      return z.NEVER;
    })
    .meta(hint);
}

/** A text that `read` understands; `wanted` says in words what it is: `a duration such as 7d`. */
export function textReader<T>(
  wanted: string,
  read: (text: string) => T | Mistake,
  hint: Hint,
): Schema<T> {
  return reader((value) => (typeof value === "string" ? read(value) : notText(value, wanted)), {
    type: "string",
    ...hint,
  });
}

/** A number or truth value where a text is wanted is what YAML takes an unquoted word for. */
function notText(value: unknown, wanted: string): Mistake {
  if (typeof value === "number" || typeof value === "boolean") {
    return { detail: `is a ${kindOf(value)} to YAML; ${wanted} is wanted`, quote: true };
  }
  return otherKind(value, wanted);
}

/** For a value that is of another kind than the reader takes. */
export function otherKind(value: unknown, wanted: string): Mistake {
  return { detail: `is ${withArticle(kindOf(value))}; ${wanted} is wanted`, wanted };
}

/** One of a few words. */
export function wordReader<const W extends string>(
  words: readonly W[],
  description: string,
): Schema<W> {
  const wanted = words.length === 1 ? words.join("") : `one of ${words.join(", ")}`;
  const read = (value: unknown): W | Mistake => {
    if (typeof value === "object" && value !== null) return otherKind(value, wanted);
    const known = words.find((word) => word === value);
    if (known !== undefined) return known;
    const near = nearestWord(String(value), words) ?? (words.length === 1 ? words[0] : undefined);
    return mistake(`is not ${wanted}`, near);
  };
  return reader(read, { type: "string", enum: words, description });
}

export function switchReader(description: string): Schema<boolean> {
  const read = (value: unknown): boolean | Mistake =>
    typeof value === "boolean" ? value : mistake("is neither true nor false", truthWord(value));
  return reader(read, { type: "boolean", description });
}

/** What other versions of YAML take for a truth value. */
export function truthWord(value: unknown): string | undefined {
  const word = String(value).toLowerCase();
  if (["yes", "on", "true", "1"].includes(word)) return "true";
  return ["no", "off", "false", "0"].includes(word) ? "false" : undefined;
}

/** For keys that are only ever true: `always: true`. */
export function trueReader(description: string): Schema<true> {
  const read = (value: unknown): true | Mistake =>
    value === true ? true : mistake("is not true, and nothing else is meant by this key", "true");
  return reader(read, { const: true, description });
}

/** In words: `number`, `list`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "empty value";
  if (Array.isArray(value)) return "list";
  if (typeof value === "object") return "mapping";
  if (typeof value === "string") return "text";
  return typeof value === "number" ? "number" : "truth value";
}

export function withArticle(words: string): string {
  return /^[aeiou]/.test(words) ? `an ${words}` : `a ${words}`;
}
