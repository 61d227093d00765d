import type { Policy } from "../policy.ts";

/** A mistake in a policy file, or what is worth a warning. */
export interface PolicyProblem {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  /** The offending text as it stands there. */
  readonly found?: string;
  /** What is wrong with it; reads on behind `found`. */
  readonly detail: string;
  /** What would be right in its place. */
  readonly suggestion?: string;
}

export type PolicyFileOutcome =
  | { readonly policy: Policy; readonly warnings: readonly PolicyProblem[] }
  | { readonly problems: readonly PolicyProblem[] };
