import type { CalendarUnit } from "./policy.ts";

const DAY_MS = 86_400_000;
/** Every offset that a zone has had since images exist is a multiple of this, and changes at a multiple of it. */
const SLOT_MS = 15 * 60_000;

/** Milliseconds since the epoch that a clock on the wall shows: its UTC parts are the local ones. */
export type WallMs = number;

/** Days, weeks, months and years as they begin in one time zone. */
export interface Calendar {
  readonly timeZone: string;
  readonly toWall: (atMs: number) => WallMs;
}

/** `timeZone` is an IANA name; one that is not known is a RangeError. */
export function createCalendar(timeZone = "UTC"): Calendar {
  if (timeZone === "UTC") return { timeZone, toWall: (atMs) => atMs };
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const offsets = new Map<number, number>();
  return {
    timeZone,
    toWall(atMs) {
      const slot = Math.floor(atMs / SLOT_MS);
      const offsetMs = offsets.get(slot) ?? offsetAt(format, slot * SLOT_MS);
      offsets.set(slot, offsetMs);
      return atMs + offsetMs;
    },
  };
}

function offsetAt(format: Intl.DateTimeFormat, atMs: number): number {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const wallMs = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
  );
  return wallMs - atMs;
}

/** How images fall into the units of a calendar. */
interface Unit {
  /** Equal for two moments of one unit. */
  readonly bucketOf: (wallMs: WallMs) => number;
  /** `2026-11-21`, `2026-W47` (ISO 8601: weeks begin on Monday and belong to the year of their Thursday), `2026-11`, `2026`. */
  readonly nameOf: (wallMs: WallMs) => string;
  readonly noun: string;
}

export const CALENDAR: Readonly<Record<CalendarUnit, Unit>> = {
  daily: {
    bucketOf: (wallMs) => Math.floor(wallMs / DAY_MS),
    nameOf: sayDay,
    noun: "day",
  },
  weekly: {
    // The first Monday before the epoch, which was a Thursday, lies three days back.
    bucketOf: (wallMs) => Math.floor((Math.floor(wallMs / DAY_MS) + 3) / 7),
    nameOf: sayWeek,
    noun: "week",
  },
  monthly: {
    bucketOf: (wallMs) => new Date(wallMs).getUTCFullYear() * 12 + new Date(wallMs).getUTCMonth(),
    nameOf: (wallMs) => sayDay(wallMs).slice(0, 7),
    noun: "month",
  },
  yearly: {
    bucketOf: (wallMs) => new Date(wallMs).getUTCFullYear(),
    nameOf: (wallMs) => sayDay(wallMs).slice(0, 4),
    noun: "year",
  },
};

export const CALENDAR_UNITS = Object.keys(CALENDAR) as readonly CalendarUnit[];

function sayDay(wallMs: WallMs): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}

function sayWeek(wallMs: WallMs): string {
  const day = Math.floor(wallMs / DAY_MS);
  const thursday = Math.floor((day + 3) / 7) * 7;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  const week = 1 + Math.floor((thursday - Date.UTC(year, 0, 1) / DAY_MS) / 7);
  return `${year}-W${String(week).padStart(2, "0")}`;
}
