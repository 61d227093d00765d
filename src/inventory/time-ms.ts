/** Docker's first release. Older times are the marks that reproducible builds and engines put in place of one. */
const FIRST_POSSIBLE_MS = Date.parse("2013-03-20T00:00:00Z");

/**
 * Milliseconds since the epoch. NaN for what is unknown: no time, an unreadable one, and one that cannot be (zero, epoch,
 * 1980): unknown is never ancient, whoever wrote the inventory.
 */
export function timeMs(time: string | undefined): number {
  const atMs = time === undefined ? Number.NaN : Date.parse(time);
  return atMs >= FIRST_POSSIBLE_MS ? atMs : Number.NaN;
}
