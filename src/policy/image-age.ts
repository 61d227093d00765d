import type { Image } from "../inventory/image.ts";
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
  const used = moment(image.lastUsedAt, "used");
  const arrived = moment(image.arrivedAt, "arrived");
  const created = moment(image.createdAt, "created");
  switch (by) {
    case "created":
      return created;
    case "arrived":
      return arrived;
    case "used": {
      const watched = moment(image.firstSeenAt, "first seen");
      return watched === undefined ? undefined : latest([used, watched]);
    }
    case "active":
      return latest([used, arrived, created]);
  }
}

function moment(time: string | undefined, what: Moment["what"]): Moment | undefined {
  const atMs = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(atMs) ? undefined : { atMs, what };
}

function latest(moments: readonly (Moment | undefined)[]): Moment | undefined {
  let best: Moment | undefined;
  for (const each of moments) if (each && (best === undefined || each.atMs > best.atMs)) best = each;
  return best;
}
