import type { Image } from "../inventory/image.ts";
import { timeMs } from "../inventory/time-ms.ts";
import type { Age } from "./policy.ts";

/** A moment in the life of an image, and which one it is. */
export interface Moment {
  readonly atMs: number;
  readonly what: "used" | "arrived" | "created" | "first seen";
}

/**
 * The moment an image is aged from, undefined when it is not known: unknown is never ancient. `used` never lies before the
 * first sight of the image: nothing counts as unused for longer than it has been watched.
 */
export function momentOf(image: Image, by: Age): Moment | undefined {
  switch (by) {
    case "created":
      return latest(image.createdAt, "created");
    case "arrived":
      return latest(image.arrivedAt, "arrived");
    case "used":
      return Number.isNaN(timeMs(image.firstSeenAt))
        ? undefined
        : latest(image.lastUsedAt, "used", image.firstSeenAt, "first seen");
    case "active":
      return latest(
        image.lastUsedAt,
        "used",
        image.arrivedAt,
        "arrived",
        image.createdAt,
        "created",
      );
  }
}

/** `active` in milliseconds, NaN when unknown; for orders over very many images. */
export function activeMsOf(image: Image): number {
  const best = Math.max(
    orEarliest(image.lastUsedAt),
    orEarliest(image.arrivedAt),
    orEarliest(image.createdAt),
  );
  return best === Number.NEGATIVE_INFINITY ? Number.NaN : best;
}

function orEarliest(time: string | undefined): number {
  const atMs = timeMs(time);
  return Number.isNaN(atMs) ? Number.NEGATIVE_INFINITY : atMs;
}

type Known = [time: string | undefined, what: Moment["what"]];

/** The latest of up to three times; the first of equal ones. Written without lists: it runs for every image several times. */
function latest(
  ...times: Known | [...Known, ...Known] | [...Known, ...Known, ...Known]
): Moment | undefined {
  let bestMs = Number.NEGATIVE_INFINITY;
  let bestWhat: Moment["what"] | undefined;
  for (let index = 0; index < times.length; index += 2) {
    const atMs = timeMs(times[index]);
    if (atMs <= bestMs || Number.isNaN(atMs)) continue;
    bestMs = atMs;
    bestWhat = times[index + 1] as Moment["what"];
  }
  return bestWhat === undefined ? undefined : { atMs: bestMs, what: bestWhat };
}
