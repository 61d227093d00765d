import type { Policy } from "./policy.ts";

/** Where it came from and where its rules stand in a file: a policy that says the same is the same. */
const ABOUT_THE_FILE: ReadonlySet<string> = new Set(["position", "protectPositions"]);

/** What a policy says, as one text that its digest is taken of: the order of its keys changes nothing. */
export function policyText(policy: Policy): string {
  return JSON.stringify({ ...policy, source: undefined }, (key, value: unknown) => {
    if (ABOUT_THE_FILE.has(key)) return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(
      Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    ) as unknown;
  });
}
