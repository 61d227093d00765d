import { timeMs } from "../inventory/time-ms.ts";

/**
 * A time that an engine gives, as RFC 3339 in UTC: text, or seconds since the epoch. Undefined when it is unknown: missing,
 * zero, epoch, 1980-01-01 (the earliest that zip files can hold, which build tools use), or anything else before Docker.
 */
export function engineTime(value: string | number | null | undefined): string | undefined {
  const at = new Date(typeof value === "number" ? value * 1000 : (value ?? ""));
  const time = Number.isNaN(at.getTime()) ? undefined : at.toISOString();
  return Number.isNaN(timeMs(time)) ? undefined : time;
}

/** The latest of some times; undefined where none is known. */
export function latest(...times: readonly (string | undefined)[]): string | undefined {
  let found: string | undefined;
  for (const time of times)
    if (time !== undefined && (found === undefined || time > found)) found = time;
  return found;
}
