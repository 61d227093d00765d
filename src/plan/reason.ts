import type { Use } from "../inventory/image-use.ts";
import { formatDuration } from "../policy/duration.ts";
import type { Moment } from "../policy/image-age.ts";

/** Why something stays. `rule` is a rule of the policy or one of the fixed words in `RULES`. */
export interface Reason {
  readonly rule: string;
  readonly detail: string;
}

/** Names in the place of a rule for what no policy can change. */
export const RULES = {
  inUse: "in-use",
  protected: "protected",
  noRule: "no-rule",
  ageUnknown: "age-unknown",
  versionUnknown: "version-unknown",
  usageUnknown: "usage-unknown",
  unreadable: "unreadable",
  neededBy: "needed",
  locked: "locked",
  noWayBack: "no-way-back",
  free: "free",
  headroom: "headroom",
} as const;

/** `used 3d 4h ago`; a moment that lies ahead is `used just now`. */
export function sayMoment(moment: Moment, nowMs: number): string {
  const ageMs = nowMs - moment.atMs;
  return ageMs < 1000 ? `${moment.what} just now` : `${moment.what} ${formatDuration(ageMs)} ago`;
}

/** Names what uses an image, three at the most. */
export function sayUses(uses: readonly Use[]): string {
  const named = uses.slice(0, 3).map(({ kind, name, state }) => {
    if (kind === "service") return `service ${name}`;
    const container = `${state === "" ? "" : `${state} `}container ${name}`;
    return kind === "mount" ? `an image mount of ${container}` : container;
  });
  const rest = uses.length > 3 ? ` and ${uses.length - 3} more` : "";
  return `used by ${named.join(", ")}${rest}`;
}

export function ordinal(number: number): string {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  const suffix = teen ? "th" : (["th", "st", "nd", "rd"][number % 10] ?? "th");
  return `${number}${suffix}`;
}
