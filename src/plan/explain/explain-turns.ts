import type { Image } from "../../inventory/image.ts";
import type { Inventory } from "../../inventory/inventory.ts";
import { after, type ImageEvent, type World } from "./explain-events.ts";

/** What has to happen, all of it, for the answer to become the other one. */
export interface Turn {
  readonly to: "goes" | "stays";
  readonly events: readonly ImageEvent[];
}

/** What could happen to one image. */
export interface Prospects {
  readonly image: Image;
  readonly goesNow: boolean;
  /** Each may happen or not. */
  readonly events: readonly ImageEvent[];
  /** Moments at which a limit that concerns the image ends, in order. Milliseconds. */
  readonly limitsMs: readonly number[];
}

/** A decision takes time in proportion to the images there are: at most so many are decided about in a search for turns. */
const DECIDED_IMAGES = 400_000;
const FEWEST_DECISIONS = 8;
const MOST_DECISIONS = 120;

/**
 * Finds what would turn the answer about an image by letting it happen and deciding anew with `goesIn`: a turn is never
 * more than what the rules themselves would say. Small sets of events come first, and none that contains another that
 * suffices. Where there are very many images, only the likeliest are tried.
 */
export function findTurns(
  prospects: Prospects,
  world: World,
  goesIn: (world: World) => boolean,
): readonly Turn[] {
  const { image, goesNow, events, limitsMs } = prospects;
  let left = decisionsFor(world.inventory);
  const turns: Turn[] = [];
  const turnsIn = (then: World): boolean => {
    left -= 1;
    return goesIn(then) !== goesNow;
  };
  const to = goesNow ? "stays" : "goes";
  const isKnown = (chosen: readonly ImageEvent[]): boolean =>
    turns.some((turn) => turn.events.every((event) => chosen.includes(event)));
  const isKnownWithTime = (chosen: readonly ImageEvent[]): boolean =>
    turns.some((turn) =>
      turn.events.every((event) => event.kind === "time-passes" || chosen.includes(event)),
    );
  for (const chosen of subsets(events)) {
    if (left <= 0) break;
    if (isKnown(chosen)) continue;
    const then = chosen.reduce((each, event) => after(event, each, image.id), world);
    if (chosen.length > 0 && turnsIn(then)) {
      turns.push({ to, events: chosen });
      continue;
    }
    if (isKnownWithTime(chosen)) continue;
    for (const limitMs of limitsMs) {
      if (left <= 0) break;
      const passing: ImageEvent = {
        kind: "time-passes",
        until: new Date(limitMs).toISOString(),
      };
      if (!turnsIn(after(passing, then, image.id))) continue;
      // What other images become in time may have turned it before: then the moment is not known.
      if (turnsIn({ ...then, nowMs: limitMs })) break;
      turns.push({ to, events: [...chosen, passing] });
      break;
    }
  }
  return turns;
}

function decisionsFor({ images }: Inventory): number {
  const affordable = Math.floor(DECIDED_IMAGES / Math.max(1, images.length));
  return Math.min(MOST_DECISIONS, Math.max(FEWEST_DECISIONS, affordable));
}

/** All of them, the empty one first, smaller ones before larger ones. */
function subsets<T>(values: readonly T[]): readonly (readonly T[])[] {
  const all = values.reduce<readonly (readonly T[])[]>(
    (sets, value) => [...sets, ...sets.map((set) => [...set, value])],
    [[]],
  );
  return all.toSorted((a, b) => a.length - b.length);
}
