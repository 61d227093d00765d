/** Docker's first release. Older times are the marks that reproducible builds and engines put in place of one. */
const FIRST_POSSIBLE_MS = Date.parse("2013-03-20T00:00:00Z");

/**
 * Milliseconds since the epoch. NaN for what is unknown: no time, an unreadable one, and one that cannot be (zero, epoch,
 * 1980): unknown is never ancient, whoever wrote the inventory.
 */
export function timeMs(time: string | undefined): number {
  if (time === undefined) return Number.NaN;
  const plainMs = plainTimeMs(time);
  const atMs = plainMs < 0 ? Date.parse(time) : plainMs;
  return atMs >= FIRST_POSSIBLE_MS ? atMs : Number.NaN;
}

const NOT_PLAIN = -1;

/**
 * Reads `2026-06-01T12:34:56.789Z`, with a fraction of any length or none: what engines and we ourselves write. Every time
 * of every image is read several times, and `Date.parse` takes more than twice as long. Negative for everything else, and for
 * the last days of months: which of them there are is left to `Date.parse`.
 */
function plainTimeMs(time: string): number {
  if (!hasPlainShape(time)) return NOT_PLAIN;
  const year = twoDigits(time, 0) * 100 + twoDigits(time, 2);
  const month = twoDigits(time, 5);
  const day = twoDigits(time, 8);
  const hour = twoDigits(time, 11);
  const minute = twoDigits(time, 14);
  const second = twoDigits(time, 17);
  const fractionMs = millisecondsOf(time);
  const isInRange = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24;
  if (!isInRange || hour < 0 || minute < 0 || minute > 59 || second < 0 || second > 59)
    return NOT_PLAIN;
  if (fractionMs < 0) return NOT_PLAIN;
  const minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute;
  return (minutes * 60 + second) * 1000 + fractionMs;
}

const DASH = 45;
const DOT = 46;
const ZERO = 48;
const COLON = 58;
const CAPITAL_T = 84;
const CAPITAL_Z = 90;
/** Where the fraction begins, and the length of a time without one. */
const FRACTION = 20;

function hasPlainShape(time: string): boolean {
  const last = time.length - 1;
  return (
    (last === FRACTION - 1 || (last > FRACTION && time.charCodeAt(FRACTION - 1) === DOT)) &&
    time.charCodeAt(last) === CAPITAL_Z &&
    time.charCodeAt(4) === DASH &&
    time.charCodeAt(7) === DASH &&
    time.charCodeAt(10) === CAPITAL_T &&
    time.charCodeAt(13) === COLON &&
    time.charCodeAt(16) === COLON
  );
}

/** Negative, by far, where one of them is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - ZERO;
  const ones = text.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1e6;
}

/** Of a time in plain shape: whole milliseconds, the rest is cut off. Negative where something is no digit. */
function millisecondsOf(time: string): number {
  let value = 0;
  let weight = 100;
  for (let index = FRACTION; index < time.length - 1; index += 1) {
    const digit = time.charCodeAt(index) - ZERO;
    if (digit < 0 || digit > 9) return NOT_PLAIN;
    value += digit * weight;
    weight = weight === 1 ? 0 : weight / 10;
  }
  return value;
}

/** In the Gregorian calendar. Years are taken to begin in March: the day that not all of them have is then their last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const months = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return 365 * years + leapDays + Math.floor((153 * months + 2) / 5) + day - 719_469;
}
