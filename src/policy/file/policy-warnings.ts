import type { Policy } from "../policy.ts";
import type { OffsetProblem } from "./locate-values.ts";
import { keyAt, type LocatedValue } from "./located-value.ts";

/** What is no mistake, and may still not be what was meant. */
export function policyWarnings(policy: Policy, root: LocatedValue): readonly OffsetProblem[] {
  const found: OffsetProblem[] = [];
  const warn = (key: string, detail: string): void => {
    const at = keyAt(root, [key]);
    found.push(
      at === undefined ? { start: 0, detail } : { start: at.keyStart, end: at.keyEnd, detail },
    );
  };
  if (!hasRules(policy)) {
    found.push({ start: 0, detail: "the policy has no rules: nothing will ever be removed" });
  }
  if (policy.headroom !== undefined && !policy.images.some(isForPressure)) {
    warn(
      "headroom",
      "has nothing to take: no image rule says underPressure: evict or onlyUnderPressure: true",
    );
  }
  return found;
}

function hasRules({ images, containers, volumes, networks, buildCache }: Policy): boolean {
  return [images, containers, volumes, networks, buildCache].some(
    (rules) => (rules?.length ?? 0) > 0,
  );
}

function isForPressure({ underPressure, onlyUnderPressure }: Policy["images"][number]): boolean {
  return underPressure === true || onlyUnderPressure === true;
}
