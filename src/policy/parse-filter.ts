import { parseDuration } from "./duration.ts";
import type { Match } from "./policy.ts";

const FILTER_HELP =
  "known filters: until=, label=, label!=, dangling=, before=, since=, reference=";

/** Takes note of a mistake. */
export type Fail = (flag: string, text: string, detail: string) => undefined;

/** One `--filter` value as a match, also where images are only listed; undefined when `fail` was told why it is none. */
export function parseFilter(
  text: string,
  nowMs: number | undefined,
  fail: Fail,
): Match | undefined {
  const [, key, value] =
    /^(until|label|label!|dangling|before|since|reference)=(.+)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    return fail("--filter", text, `is not a filter; ${FILTER_HELP}`);
  switch (key) {
    case "label":
      return { label: value };
    case "label!":
      return { not: { label: value } };
    case "before":
      return { createdBefore: value };
    case "since":
      return { createdAfter: value };
    case "reference":
      return { reference: value };
    case "dangling":
      if (/^(?:true|1)$/i.test(value)) return { state: "dangling" };
      if (/^(?:false|0)$/i.test(value)) return {};
      return fail("--filter", text, "is not understood: dangling= takes true or false");
    default:
      return parseUntil(text, value, nowMs, fail);
  }
}

/** A duration before now, or a moment: RFC 3339 or seconds since the epoch. */
function parseUntil(
  text: string,
  value: string,
  nowMs: number | undefined,
  fail: Fail,
): Match | undefined {
  const duration = parseDuration(value);
  if (duration !== undefined) return { olderThan: duration };
  const isSeconds = /^\d{9,11}(?:\.\d+)?$/.test(value);
  const atMs = isSeconds
    ? Number(value) * 1000
    : /^\d{4}-\d{2}-\d{2}/.test(value)
      ? Date.parse(value)
      : Number.NaN;
  if (Number.isNaN(atMs) || nowMs === undefined) {
    return fail(
      "--filter",
      text,
      "is not understood: until= takes a duration (24h) or a moment (2026-01-31T12:00:00Z)",
    );
  }
  return atMs > nowMs
    ? fail("--filter", text, "until= lies in the future")
    : { olderThan: nowMs - atMs };
}
