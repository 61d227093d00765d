/** File descriptors and reads in flight: enough to keep a disk busy, far below any limit on open files. */
const CONCURRENCY = 32;

/** Calls `action` for each value, a bounded number at a time; the first failure ends it. */
export async function inParallel<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
  action: (value: T) => Promise<void>,
): Promise<void> {
  const source =
    Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  let failed = false;
  const work = async () => {
    while (!failed) {
      signal.throwIfAborted();
      const next = await source.next();
      if (next.done === true) return;
      try {
        await action(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  } finally {
    // Closes the directory that a listing still has open when it ends early.
    await source.return?.();
  }
}
