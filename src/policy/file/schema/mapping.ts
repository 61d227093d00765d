import * as z from "zod";

import type { Schema } from "./reader.ts";

/** A mapping of these keys and no others. `title` names it in messages: `a match`. */
export function mapping<S extends z.ZodRawShape>(title: string, shape: S) {
  return z.object(shape).catchall(unknownKey(title, Object.keys(shape)));
}

/** Complains about any key that comes to it. */
function unknownKey(title: string, known: readonly string[]) {
  return z.unknown().superRefine((_, context) => {
    const detail = `is no key of ${title}`;
    context.addIssue({ code: "custom", message: detail, params: { detail, onKey: true, known } });
  });
}

/**
 * A key that may be left out. `exactOptional` would put "nothing" to the schema for every key that is not there, and throw
 * its complaints away; nothing in a file is ever undefined, so that its type is right all the same.
 */
export function optional<T>(schema: Schema<T>): z.ZodExactOptional<Schema<T>> {
  return schema.optional() as unknown as z.ZodExactOptional<Schema<T>>;
}

/** One, or a list of at least one. */
export function oneOrMany<T>(schema: Schema<T>) {
  return z.union([schema, z.array(schema).min(1)]);
}
