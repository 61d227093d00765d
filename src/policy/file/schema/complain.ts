import type { z } from "zod";

/** Tells of a mistake between values that are each right by themselves. */
export type Complain = (path: readonly (string | number)[], detail: string, onKey?: true) => void;

/** `path` leads to the value, or to the key with `onKey`, from the mapping that is checked. */
export function complainTo(context: z.core.$RefinementCtx): Complain {
  return (path, detail, onKey) => {
    const params = { detail, ...(onKey === undefined ? {} : { onKey }) };
    context.addIssue({ code: "custom", message: detail, path: [...path], params });
  };
}
