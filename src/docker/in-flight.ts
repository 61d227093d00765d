/** Calls `work` for each element, so many at once. Rejects with the first error, when what is in flight has ended. */
export async function forEachInFlight<T>(
  elements: readonly T[],
  limit: number,
  work: (element: T) => Promise<void>,
): Promise<void> {
  const queue = elements.values();
  let failed = false;
  const failures: unknown[] = [];
  const take = async (): Promise<void> => {
    for (const element of queue) {
      if (failed) return;
      try {
        await work(element);
      } catch (error) {
        failed = true;
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, elements.length) }, take));
  if (failed) throw failures[0];
}
