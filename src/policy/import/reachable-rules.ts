import { shadowedRules } from "../file/shadowed-rules.ts";
import type { Policy } from "../policy.ts";
import type { Remark } from "../remark.ts";

/** Leaves out the rules that no image can come to, which a policy file must not have, and says so. */
export function withReachableRules(
  policy: Policy,
  remarks: readonly Remark[],
): { readonly policy: Policy; readonly remarks: readonly Remark[] } {
  const shadowed = shadowedRules(policy.images);
  if (shadowed.length === 0) return { policy, remarks };
  const left = new Map(shadowed.map(({ index, by }) => [policy.images[index], by]));
  const names = new Set([...left.keys()].map((rule) => rule?.name));
  return {
    policy: { ...policy, images: policy.images.filter((rule) => !left.has(rule)) },
    remarks: [
      ...remarks.filter(({ rule }) => rule === undefined || !names.has(rule)),
      ...[...left].map(([rule, by]) => ({
        text: `${rule?.name} is left out: ${by.name} decides about all that it is on.`,
      })),
    ],
  };
}
