/** Requests prepared at once; how many of them go out is the transport's to limit. */
const WIDTH = 64;

/** Calls `action` for each value, a bounded number at a time; the first failure ends it. */
export async function inParallel<T>(
  values: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal,
  action: (value: T) => Promise<void>,
): Promise<void> {
  const source =
    Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]();
  let failed = false;
  const work = async (): Promise<void> => {
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
  await Promise.all(Array.from({ length: WIDTH }, work));
}
