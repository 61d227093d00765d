export const MOST_ATTEMPTS = 5;
const FIRST_DELAY_MS = 200;
/** Longer than this nobody waits before an error; a registry that asks for more is given up. */
const MOST_DELAY_MS = 30_000;

/** Seconds of a `Retry-After` header: a number, or the moment itself (RFC 9110, 10.2.3). Undefined where there is none. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === "") return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, (atMs - nowMs) / 1000);
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) has failed: what the registry asks for, else doubled each
 * time and taken at random from its upper half, so that many clients do not come back together. Undefined: too long.
 */
export function delayBefore(
  attempt: number,
  retryAfterSeconds: number | undefined,
  random: () => number,
): number | undefined {
  if (retryAfterSeconds !== undefined) {
    const askedMs = retryAfterSeconds * 1000;
    return askedMs > MOST_DELAY_MS ? undefined : askedMs + random() * FIRST_DELAY_MS;
  }
  const delayMs = Math.min(MOST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1));
  return delayMs / 2 + (random() * delayMs) / 2;
}
