/**
 * Works through `entries` in order, at most `width` at once. Rejects with the first failure once everything in flight has
 * ended; `work` decides by itself what is left to do after one.
 */
export async function inPool<Entry>(
  entries: readonly Entry[],
  width: number,
  work: (entry: Entry) => Promise<void>,
): Promise<void> {
  const queue = entries.values();
  const lane = async (): Promise<void> => {
    for (const entry of queue) await work(entry);
  };
  const lanes = Array.from({ length: Math.min(width, entries.length) }, lane);
  for (const lane of await Promise.allSettled(lanes)) {
    if (lane.status === "rejected") throw lane.reason;
  }
}
