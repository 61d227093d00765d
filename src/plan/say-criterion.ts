import { familiarName } from "../oci/reference.ts";
import { CALENDAR, type Calendar } from "../policy/calendar.ts";
import type { CountedKind, CriterionResult, Place } from "../policy/criterion.ts";
import { formatDuration } from "../policy/duration.ts";
import type { Age, CalendarUnit } from "../policy/policy.ts";
import { ordinal, sayMoment } from "./reason.ts";

const HOUR_MS = 3_600_000;

type Counted = Extract<CriterionResult, { readonly kind: CountedKind }>;
type Within = Extract<CriterionResult, { readonly kind: "within" }>;

/** Why a criterion keeps an image: `created 3d ago; kept until 2026-12-03`, `3rd newest of my-app, 5 are kept`. */
export function sayKept(result: CriterionResult, nowMs: number, calendar: Calendar): string {
  switch (result.kind) {
    case "always":
      return "the rule keeps all that it matches";
    case "within":
      return sayWithin(result, nowMs, calendar);
    default:
      return result.place === undefined ? "" : sayPlace(result, result.place);
  }
}

function sayWithin({ moment, withinMs }: Within, nowMs: number, calendar: Calendar): string {
  if (moment === undefined) return "";
  return `${sayMoment(moment, nowMs)}; ${sayUntil(moment.atMs, withinMs, calendar)}`;
}

/** `kept until 2026-12-03`; by the minute where hours matter. */
export function sayUntil(fromMs: number, withinMs: number, calendar: Calendar): string {
  const { timeZone, toWall } = calendar;
  const until = new Date(toWall(fromMs + withinMs)).toISOString();
  if (withinMs >= 48 * HOUR_MS) return `kept until ${until.slice(0, 10)}`;
  // All else that a plan says is in UTC.
  const zone = timeZone === "UTC" ? "" : ` ${timeZone}`;
  return `kept until ${until.slice(0, 16).replace("T", " ")}${zone}`;
}

/** The place of an image among those it is counted with, beside the limit. */
export function sayPlace({ kind, by, limit }: Counted, { rank, group, series }: Place): string {
  const name = familiarName(group);
  switch (kind) {
    case "last": {
      const what = by === "version" ? "highest version" : "newest";
      return `${sayRank(rank, what)} of ${name}, ${sayLimit(limit)}`;
    }
    case "perMajor":
    case "perMinor":
      return `${sayRank(rank, "highest")} of ${series ?? ""} in ${name}, ${sayLimit(limit)}`;
    default:
      return `the newest of ${series ?? ""} in ${name}, ${sayUnits(kind, limit)}`;
  }
}

/** The limit that an image missed, its value beside it, for a list of all of them: `8th newest, 5 are kept`. */
export function sayMissed({ kind, by, limit }: Counted, { rank, isFirst, series }: Place): string {
  switch (kind) {
    case "last": {
      const what = by === "version" ? "highest version" : "newest";
      return `${sayRank(rank, what)}, ${sayLimit(limit)}`;
    }
    case "perMajor":
    case "perMinor":
      return `${sayRank(rank, "highest")} of ${series ?? ""}, ${sayLimit(limit)}`;
    default:
      return isFirst
        ? `the newest of ${series ?? ""}, the ${ordinal(rank)} ${CALENDAR[kind].noun} that has one, ${sayUnits(kind, limit)}`
        : `not the newest of ${series ?? ""}`;
  }
}

function sayRank(rank: number, what: string): string {
  return rank === 1 ? `the ${what}` : `${ordinal(rank)} ${what}`;
}

function sayLimit(limit: number): string {
  return limit === 0 ? "none is kept" : `${limit} ${limit === 1 ? "is" : "are"} kept`;
}

function sayUnits(unit: CalendarUnit, limit: number): string {
  const { noun } = CALENDAR[unit];
  return limit === 1 ? `1 ${noun} is kept` : `${limit} ${noun}s are kept`;
}

const AFTER: Readonly<Record<Age, string>> = {
  active: "",
  used: " after its last use",
  arrived: " after its arrival",
  created: " after its build",
};

export function sayKeptOnly({ withinMs, by }: Pick<Within, "withinMs" | "by">): string {
  return `kept only for ${formatDuration(withinMs)}${AFTER[by]}`;
}
