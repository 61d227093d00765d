import type { Policy } from "../../policy/policy.ts";

/** What a policy holds, in one line: `4 image rules, 2 protections, containers, headroom`. */
export function summarisePolicy(policy: Policy): string {
  const { images, protect, containers, volumes, networks, buildCache, targets = {} } = policy;
  const counted = [
    count(images.length, "image rule"),
    count(containers?.length ?? 0, "container rule"),
    count(volumes?.length ?? 0, "volume rule"),
    count(networks?.length ?? 0, "network rule"),
    count(buildCache?.length ?? 0, "build cache rule"),
    count(protect.length, "protection"),
    count(Object.keys(targets).length, "target"),
  ];
  const settings = (["headroom", "recovery", "limits", "schedule"] as const).filter(
    (key) => policy[key] !== undefined,
  );
  const parts = [...counted.filter((part) => part !== undefined), ...settings];
  return parts.length === 0 ? "no rules" : parts.join(", ");
}

function count(number: number, noun: string): string | undefined {
  if (number === 0) return undefined;
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
