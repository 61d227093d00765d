import type { Amount, DurationMs, Match } from "../policy.ts";

const DURATION_UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
  ["ms", 1],
];

/** A duration that reads back as the same: `7d`, `36h`, `90s`. */
export function durationText(durationMs: DurationMs): string {
  if (durationMs === 0) return "0s";
  const [unit, ms] = DURATION_UNITS.find(([, each]) => durationMs % each === 0) ?? ["ms", 1];
  return `${durationMs / ms}${unit}`;
}

/** Largest first; decimal before binary of about the same size. */
const SIZE_UNITS: readonly (readonly [unit: string, bytes: number])[] = [
  ["TB", 1e12],
  ["TiB", 2 ** 40],
  ["GB", 1e9],
  ["GiB", 2 ** 30],
  ["MB", 1e6],
  ["MiB", 2 ** 20],
  ["kB", 1e3],
  ["KiB", 2 ** 10],
];

/** A size that reads back as the same number of bytes: `10GB`, `512MiB`, `1234B`. */
export function sizeText(bytes: number): string {
  if (bytes === 0) return "0B";
  const [unit, factor] = SIZE_UNITS.find(([, each]) => bytes % each === 0) ?? ["B", 1];
  return `${bytes / factor}${unit}`;
}

/** Moves the decimal point instead of multiplying, so that nothing is rounded: 0.07 is `7%`. */
export function shareText(share: number): string {
  return `${Number(`${share}e2`)}%`;
}

export function amountText(amount: Amount): string {
  return "share" in amount ? shareText(amount.share) : sizeText(amount.bytes);
}

/** Both bounds in one text: `>1GB <5GB`. */
export function sizeBoundsText({ largerThanBytes, smallerThanBytes }: Match): string | undefined {
  const bounds = [
    ...(largerThanBytes === undefined ? [] : [lowerBound(largerThanBytes)]),
    ...(smallerThanBytes === undefined ? [] : [`<${sizeText(smallerThanBytes)}`]),
  ];
  return bounds.length === 0 ? undefined : bounds.join(" ");
}

/** The rounder of the two ways to say it. */
function lowerBound(largerThanBytes: number): string {
  const above = sizeText(largerThanBytes);
  const from = sizeText(largerThanBytes + 1);
  return largerThanBytes < 0 || from.length < above.length ? `>=${from}` : `>${above}`;
}
