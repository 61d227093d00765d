import type { DurationMs } from "../policy.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNITS: readonly (readonly [names: string, ms: number])[] = [
  ["ms msec millisecond milliseconds", 1],
  ["s sec secs second seconds", SECOND],
  ["m min mins minute minutes", MINUTE],
  ["h hr hrs hour hours", HOUR],
  ["d day days", DAY],
  ["w wk wks week weeks", 7 * DAY],
];
const UNIT_MS = new Map(
  UNITS.flatMap(([names, ms]) => names.split(" ").map((name) => [name, ms] as const)),
);
const WHOLE = /^(?:\s*\d+(?:\.\d+)?\s*[a-z]+\s*,?)+\s*$/i;
const PART = /(\d+(?:\.\d+)?)\s*([a-z]+)/gi;

/**
 * Reads a duration as people say it: `3days`, `5 days`, `1 week, 2 days`, `1h 30m`. Undefined when the text is none; months
 * and years have no fixed length and are none.
 */
export function parseSpokenDuration(text: string): DurationMs | undefined {
  if (!WHOLE.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit = ""] of text.matchAll(PART)) {
    const unitMs = UNIT_MS.get(unit.toLowerCase());
    if (unitMs === undefined || unit === "M") return undefined;
    totalMs += Number(amount) * unitMs;
  }
  return Math.round(totalMs);
}
