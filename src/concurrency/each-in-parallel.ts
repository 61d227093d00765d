export interface Bounds {
  /** Calls in flight at the most. */
  readonly limit: number;
  /** Once aborted, no further call begins. What is in flight ends by itself: hand the signal to it as well. */
  readonly signal?: AbortSignal;
}

/**
 * Calls `action` for each value, in order, a bounded number at a time. The first failure ends it: no further call begins, and
 * the promise rejects with that failure once all that was in flight has ended, so that nothing goes on behind the back of a
 * caller that gives up a lock or closes a connection.
 */
export async function eachInParallel<T>(
  values: Iterable<T> | AsyncIterable<T>,
  { limit, signal }: Bounds,
  action: (value: T) => Promise<void>,
): Promise<void> {
  const source =
    Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    try {
      while (failures.length === 0) {
        signal?.throwIfAborted();
        const next = await source.next();
        if (next.done === true || failures.length > 0) return;
        await action(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  const width = Array.isArray(values) ? Math.min(limit, values.length) : limit;
  await Promise.all(Array.from({ length: width }, lane));
  if (failures.length === 0) return;
  // A source that holds something open (a directory, a page of a list) lets go of it.
  await source.return?.();
  throw failures[0];
}
