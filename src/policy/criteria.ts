import type { Keep } from "./policy.ts";

/** All the criteria of a rule, those under `anyOf` included: each of them keeps by itself. */
export function criteriaOf(keep: Keep): readonly Keep[] {
  return [keep, ...(keep.anyOf ?? []).flatMap(criteriaOf)];
}
