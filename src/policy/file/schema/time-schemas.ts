import { CronPattern } from "croner";

import { nearestWord } from "../nearest-word.ts";
import { mistake, type Mistake } from "./mistake.ts";
import { textReader } from "./reader.ts";

export const scheduleSchema = textReader("a cron expression", readSchedule, {
  description:
    "When the daemon carries this policy out: a cron expression of five fields, in timeZone.",
  examples: ["0 2 * * 0", "*/30 * * * *"],
});

function readSchedule(text: string): string | Mistake {
  if (text.trim().split(/\s+/).length !== 5) {
    return mistake(
      "is no cron expression of five fields: minute, hour, day of the month, month, day of the week",
    );
  }
  try {
    // Named only so that the expression is read; the time zone is checked by itself.
    const pattern = new CronPattern(text, "UTC", { mode: "5-part" });
    return comes(pattern) ? pattern.pattern : mistake("names a day that none of its months has");
  } catch (error) {
    const why =
      error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error);
    return mistake(`is no cron expression: ${why}`);
  }
}

/** The most days that each month has. */
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function comes({ day, month, starDOM, starDOW, lastDayOfMonth }: CronPattern): boolean {
  if (starDOM || !starDOW || lastDayOfMonth || !day.includes(1)) return true;
  return DAYS_OF_MONTHS.some((days, index) => month[index] === 1 && day.slice(0, days).includes(1));
}

export const timeZoneSchema = textReader("the name of a time zone", readTimeZone, {
  description: "Where days, weeks, months and years begin, as the IANA names it (default UTC).",
  examples: ["UTC", "Europe/Berlin"],
});

function readTimeZone(text: string): string | Mistake {
  try {
    Intl.DateTimeFormat("en", { timeZone: text });
    return text;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return mistake("is no time zone", nearestWord(text, Intl.supportedValuesOf("timeZone")));
  }
}
