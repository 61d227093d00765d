import { familiarName } from "../oci/reference.ts";
import type { Use } from "../inventory/image-use.ts";
import { formatDuration } from "../policy/duration.ts";
import type { Moment } from "../policy/image-age.ts";
import { criteriaOf } from "../policy/criteria.ts";
import type { Age, Keep } from "../policy/policy.ts";

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
  usageUnknown: "usage-unknown",
  unreadable: "unreadable",
  neededBy: "needed",
  free: "free",
  headroom: "headroom",
} as const;

/** `used 3d 4h ago`; a moment that lies ahead is `used just now`. */
export function sayMoment(moment: Moment, nowMs: number): string {
  const ageMs = nowMs - moment.atMs;
  return ageMs < 1000 ? `${moment.what} just now` : `${moment.what} ${formatDuration(ageMs)} ago`;
}

export function sayWithin(moment: Moment, nowMs: number, withinMs: number): string {
  return `${sayMoment(moment, nowMs)}; kept for ${formatDuration(withinMs)}`;
}

export function sayRank(rank: number, last: number, group: string): string {
  const place = rank === 1 ? "the newest" : `${ordinal(rank)} newest`;
  return `${place} of ${familiarName(group)}; ${last} ${last === 1 ? "is" : "are"} kept`;
}

const AFTER: Readonly<Record<Age | "version", string>> = {
  version: "",
  active: "",
  used: " after its last use",
  arrived: " after its arrival",
  created: " after its build",
};

/** Says why a rule lets an image go. */
export type SayRemoved = (moment: Moment | undefined, state: string) => string;

const HOUR_MS = 3_600_000;

/**
 * Why a rule lets images go. Ages over a day are told to the hour, so that images of one age share one sentence: a million
 * of them would take longer to write than to decide about.
 */
export function createSayRemoved(keep: Keep, nowMs: number): SayRemoved {
  const limits: string[] = [];
  for (const { within, last, by = "active" } of criteriaOf(keep)) {
    if (within !== undefined) limits.push(`kept only for ${formatDuration(within)}${AFTER[by]}`);
    if (last !== undefined && last > 0)
      limits.push(last === 1 ? "not the newest" : `not among the ${last} newest`);
  }
  const write: SayRemoved = (moment, state) =>
    [state, ...(moment ? [sayMoment(moment, nowMs)] : []), ...limits].join(", ");
  const written = new Map<string, Map<number, string>>();
  return (moment, state) => {
    const hours = moment === undefined ? 0 : Math.floor((nowMs - moment.atMs) / HOUR_MS);
    if (moment === undefined || hours < 24) return write(moment, state);
    const kind = `${moment.what} ${state}`;
    const byAge = written.get(kind) ?? new Map<number, string>();
    written.set(kind, byAge);
    const known = byAge.get(hours) ?? write(moment, state);
    byAge.set(hours, known);
    return known;
  };
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
