import { knownTime } from "../oci/image-config.ts";

/** Docker's first release. Older times are the marks that reproducible builds and engines put in place of one. */
const FIRST_POSSIBLE = "2013-03-20T00:00:00.000Z";

/**
 * A time that an engine gives, as RFC 3339 in UTC: text, or seconds since the epoch. Undefined when it is unknown: missing,
 * zero, epoch, 1980-01-01 (the earliest that zip files can hold, which build tools use), or anything else before Docker.
 */
export function engineTime(value: string | number | null | undefined): string | undefined {
  const text = typeof value === "number" ? new Date(value * 1000).toISOString() : value;
  const time = knownTime(text);
  return time === undefined || time < FIRST_POSSIBLE ? undefined : time;
}

/** The latest of some times; undefined where none is known. */
export function latest(...times: readonly (string | undefined)[]): string | undefined {
  let found: string | undefined;
  for (const time of times)
    if (time !== undefined && (found === undefined || time > found)) found = time;
  return found;
}
