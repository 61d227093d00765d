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

/** A key that may be left out. */
export function optional<T>(schema: Schema<T>) {
  return schema.exactOptional();
}

/** One, or a list of at least one. */
export function oneOrMany<T>(schema: Schema<T>) {
  return z.union([schema, z.array(schema).min(1)]);
}
