import type { Policy } from "../policy.ts";
import type { Remark } from "../remark.ts";

/**
 * Another system's policy in our words: remarks say what has no equal here, and what differs. Or every mistake in its text,
 * in sentences for people; nothing is translated then.
 */
export type Imported =
  | { readonly policy: Policy; readonly remarks: readonly Remark[] }
  | { readonly problems: readonly string[] };

export type Importer = (text: string) => Imported;
