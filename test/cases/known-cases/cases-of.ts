import { HOST_CASES } from "./host.ts";
import type { CaseSection } from "./known-case.ts";
import { REGISTRY_CASES } from "./registry.ts";

/** Every case there is, in the order of its table. */
export const KNOWN_CASES: readonly CaseSection[] = [...HOST_CASES, ...REGISTRY_CASES];

const IDS: ReadonlySet<string> = new Set(
  KNOWN_CASES.flatMap(({ cases }) => cases.map(({ id }) => id)),
);

/**
 * The known cases that a row's ID speaks of. One in lower case is a row of our own and speaks of none; any other that is
 * not known is a slip.
 */
export function casesOf(rowId: string): readonly string[] {
  return rowId.split(" ").flatMap((word) => {
    if (/^[a-z]/.test(word)) return [];
    const known = prefixesOf(word).find((prefix) => IDS.has(prefix));
    if (known === undefined) throw new Error(`${word} is no case of test/cases/known-cases`);
    return [known];
  });
}

/** `ECR-09-priority`, `ECR-09`, `ECR`. */
function prefixesOf(word: string): readonly string[] {
  const parts = word.split("-");
  return parts.map((_, index) => parts.slice(0, parts.length - index).join("-"));
}
