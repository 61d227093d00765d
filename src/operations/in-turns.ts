/** Does the same with each, so many at once at the most; the first failure ends it. */
export async function inTurns<T>(
  all: readonly T[],
  atOnce: number,
  action: (one: T) => Promise<void>,
): Promise<void> {
  const waiting = all.values();
  let failed = false;
  const work = async (): Promise<void> => {
    for (const one of waiting) {
      if (failed) return;
      try {
        await action(one);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, work));
}
