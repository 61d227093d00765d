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
      return moment(timeMs(image.createdAt), "created");
    case "arrived":
      return moment(timeMs(image.arrivedAt), "arrived");
    case "used": {
      const seenMs = timeMs(image.firstSeenAt);
      const usedMs = timeMs(image.lastUsedAt);
      return seenMs > usedMs || Number.isNaN(usedMs)
        ? moment(seenMs, "first seen")
        : moment(Number.isNaN(seenMs) ? seenMs : usedMs, "used");
    }
    case "active": {
      const usedMs = orEarliest(image.lastUsedAt);
      const arrivedMs = orEarliest(image.arrivedAt);
      const createdMs = orEarliest(image.createdAt);
      if (usedMs >= arrivedMs && usedMs >= createdMs) return moment(usedMs, "used");
      return arrivedMs >= createdMs ? moment(arrivedMs, "arrived") : moment(createdMs, "created");
    }
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

function moment(atMs: number, what: Moment["what"]): Moment | undefined {
  return Number.isFinite(atMs) ? { atMs, what } : undefined;
}
