import type { DurationMs } from "./policy.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const COMPOUND = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d|w))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g;
const ISO_8601 = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?)$/;

/**
 * Reads a duration: `90s`, `15m`, `36h`, `7d`, `2w`, compounds as Go prints them (`1h30m`), and ISO 8601 (`P7D`, `PT36H`).
 * A unit is always required, and `m` is a minute. Undefined when the text is none, or more than a thousand years. Months
 * and years have no fixed length and are not durations.
 */
export function parseDuration(text: string): DurationMs | undefined {
  if (text === "0") return 0;
  const iso = text.length > 1 && !text.endsWith("T") ? ISO_8601.exec(text) : null;
  if (iso && text !== "P") {
    const [, weeks, days, hours, minutes, seconds] = iso.map((part) => Number(part ?? 0));
    return wholeMs(
      (weeks ?? 0) * 604_800_000 +
        (days ?? 0) * 86_400_000 +
        (hours ?? 0) * 3_600_000 +
        (minutes ?? 0) * 60_000 +
        (seconds ?? 0) * 1000,
    );
  }
  if (!COMPOUND.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(PART))
    totalMs += Number(amount) * (UNIT_MS[unit ?? ""] ?? 0);
  return wholeMs(totalMs);
}

/** A thousand years: counted from any time that things really have, the end is still a date. */
const LONGEST_MS = 1000 * 366 * 86_400_000;

function wholeMs(durationMs: number): DurationMs | undefined {
  return durationMs <= LONGEST_MS ? Math.round(durationMs) : undefined;
}

const STEPS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
];

/** A duration for people, its two largest units: `3d 4h`, `12m`, `0s`. Negative ones are shown as `0s`. */
export function formatDuration(durationMs: DurationMs): string {
  let restMs = Math.max(0, durationMs);
  const parts: string[] = [];
  for (const [unit, ms] of STEPS) {
    const amount = Math.floor(restMs / ms);
    restMs -= amount * ms;
    if (amount > 0) parts.push(`${amount}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.length === 0 ? "0s" : parts.join(" ");
}
