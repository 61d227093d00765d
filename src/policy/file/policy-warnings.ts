import { compileExpression } from "../expression.ts";
import { partsOf } from "../library-needs.ts";
import { compilePatterns } from "../pattern.ts";
import type { Policy } from "../policy.ts";
import type { OffsetProblem } from "./locate-values.ts";
import { keyAt, valueAt, type LocatedValue } from "./located-value.ts";

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
  found.push(...absentTargets(policy, root));
  return found;
}

/** Rules for targets that the file, which names its targets, does not name. */
function absentTargets({ targets, images }: Policy, root: LocatedValue): readonly OffsetProblem[] {
  if (targets === undefined) return [];
  const names = Object.keys(targets);
  return images.flatMap(({ match }, index) => {
    const asked = partsOf(match).flatMap(({ target }) => (target === undefined ? [] : [target]));
    if (asked.every((patterns) => names.some(compilePatterns(patterns, PATTERN_LIBRARIES)))) {
      return [];
    }
    const start = (valueAt(root, ["images", index]) ?? root).start;
    const detail = `this rule is on a target that is not among ${names.join(", ")}`;
    return [{ start, detail }];
  });
}

const PATTERN_LIBRARIES = { expressions: compileExpression };

function hasRules({ images, containers, volumes, networks, buildCache }: Policy): boolean {
  return [images, containers, volumes, networks, buildCache].some(
    (rules) => (rules?.length ?? 0) > 0,
  );
}

function isForPressure({ underPressure, onlyUnderPressure }: Policy["images"][number]): boolean {
  return underPressure === true || onlyUnderPressure === true;
}
