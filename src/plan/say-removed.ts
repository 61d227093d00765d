import type { CriterionResult } from "../policy/criterion.ts";
import type { Image } from "../inventory/image.ts";
import { momentOf, type Moment } from "../policy/image-age.ts";
import { sayMoment } from "./reason.ts";
import { sayKeptOnly, sayMissed } from "./say-criterion.ts";

/** Says why a rule lets an image go: what it is, and every limit that it missed, its age wherever that is known. */
export type SayRemoved = (
  state: string,
  image: Image,
  missed: readonly CriterionResult[],
) => string;

const HOUR_MS = 3_600_000;

/**
 * Ages over a day are told to the hour, so that images of one age share one text: a million of them would take longer to
 * write than to decide about.
 */
export function createSayRemoved(nowMs: number): SayRemoved {
  const told = new Map<string, Map<number, string>>();
  const sayAge = (moment: Moment): string => {
    const hours = Math.floor((nowMs - moment.atMs) / HOUR_MS);
    if (hours < 24) return sayMoment(moment, nowMs);
    const byHours = told.get(moment.what) ?? new Map<number, string>();
    told.set(moment.what, byHours);
    const text = byHours.get(hours) ?? sayMoment(moment, nowMs);
    byHours.set(hours, text);
    return text;
  };
  // Written per image they are few different ones: told apart, a million of them fill the heap by a quarter.
  const texts = new Map<string, string>();
  const share = (text: string): string => {
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
  return (state, image, missed) => {
    let text = state;
    let age: Moment | undefined;
    for (const result of missed) {
      if (result.kind !== "within" || result.moment === undefined) continue;
      const isTold = age !== undefined && age.atMs === result.moment.atMs;
      if (!isTold) text += `${age === undefined ? ", " : "; "}${sayAge(result.moment)}`;
      text += `${isTold ? "; " : ", "}${sayKeptOnly(result)}`;
      age ??= result.moment;
    }
    age ??= momentOf(image, "active");
    if (age !== undefined && text === state) text += `, ${sayAge(age)}`;
    for (const result of missed) {
      if (result.kind === "always" || result.kind === "within" || !result.place) continue;
      text += `; ${sayMissed(result, result.place)}`;
    }
    return share(text);
  };
}
