import { CALENDAR, type Calendar } from "../../policy/calendar.ts";
import type { CriterionResult } from "../../policy/criterion.ts";
import { formatDuration } from "../../policy/duration.ts";
import type { Age } from "../../policy/policy.ts";
import { sayMoment } from "../reason.ts";
import { sayKept, sayKeptOnly, sayMissed, sayPlace } from "../say-criterion.ts";

/** A criterion as a policy says it: `within 7d`, `last 5 by created`. */
export function nameCriterion(result: CriterionResult): string {
  if (result.kind === "always") return "always";
  const isImplied = result.by === "active" || result.kind.startsWith("per");
  const limit = result.kind === "within" ? formatDuration(result.withinMs) : result.limit;
  return `${result.kind} ${limit}${isImplied ? "" : ` by ${result.by}`}`;
}

const UNKNOWN: Readonly<Record<Age | "version", string>> = {
  active: "its age is unknown",
  used: "when it was last used is unknown",
  arrived: "when it arrived is unknown",
  created: "when it was built is unknown",
  version: "its tag is no version",
};

/** The value of a criterion beside its limit. */
export function sayCriterion(result: CriterionResult, nowMs: number, calendar: Calendar): string {
  if (result.kind === "always" || result.holds === true) return sayKept(result, nowMs, calendar);
  if (result.kind === "within") {
    const { moment, by } = result;
    return moment ? `${sayMoment(moment, nowMs)}, ${sayKeptOnly(result)}` : UNKNOWN[by];
  }
  if (result.place === undefined) return UNKNOWN[result.by];
  return result.kind in CALENDAR ? sayMissed(result, result.place) : sayPlace(result, result.place);
}
