import { eachInParallel } from "../concurrency/each-in-parallel.ts";

/** Requests prepared at once; how many of them go out is the transport's to limit. */
const REQUESTS_AT_ONCE = 64;

/** Asks a registry about many things, so many at once: `eachInParallel` with the width of the transport. */
export function inParallel<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
  action: (value: T) => Promise<void>,
): Promise<void> {
  return eachInParallel(values, { limit: REQUESTS_AT_ONCE, signal }, action);
}
