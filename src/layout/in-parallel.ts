import { eachInParallel } from "../concurrency/each-in-parallel.ts";

/** File descriptors and reads in flight: enough to keep a disk busy, far below any limit on open files. */
const FILES_AT_ONCE = 32;

/** Does something with files, so many at once: `eachInParallel` with the width of a disk. */
export function inParallel<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
  action: (value: T) => Promise<void>,
): Promise<void> {
  return eachInParallel(values, { limit: FILES_AT_ONCE, signal }, action);
}
