import type { Place, PlaceAnswer } from "./find-image.ts";

export interface AskedPlace {
  readonly place: Place;
  readonly ask: (signal: AbortSignal) => Promise<PlaceAnswer>;
}

/** A place that gave no answer. */
export interface SilentPlace {
  readonly place: Place;
  readonly detail: string;
}

export interface PlacesAnswer extends PlaceAnswer {
  readonly silent: readonly SilentPlace[];
}

export interface AskOptions {
  /** For each place. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly onPlace: () => void;
}

/** Asks all places at once. One that fails, or takes too long, is told with the reason, and keeps nobody else waiting. */
export async function askPlaces(
  places: readonly AskedPlace[],
  { timeoutMs, signal, onPlace }: AskOptions,
): Promise<PlacesAnswer> {
  const answers = await Promise.all(
    places.map(async ({ place, ask }): Promise<PlacesAnswer> => {
      try {
        const { found, leftOut } = await inTime(ask, timeoutMs, signal);
        return { found, leftOut: leftOut.map((what) => `${place.name}: ${what}`), silent: [] };
      } catch (error) {
        signal.throwIfAborted();
        const detail = error instanceof Error ? error.message : String(error);
        return { found: [], leftOut: [], silent: [{ place, detail }] };
      } finally {
        onPlace();
      }
    }),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    leftOut: answers.flatMap(({ leftOut }) => leftOut),
    silent: answers.flatMap(({ silent }) => silent),
  };
}

/** Rejects when the time is over even where what was asked does not heed its signal. */
async function inTime<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<T> {
  const limit = new AbortController();
  const seconds = timeoutMs / 1000;
  const late = new Error(`no answer within ${seconds} s`);
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    reject(late);
    limit.abort(late);
  }, timeoutMs);
  const cancel = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", cancel);
  try {
    return await Promise.race([ask(AbortSignal.any([signal, limit.signal])), over]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", cancel);
  }
}
