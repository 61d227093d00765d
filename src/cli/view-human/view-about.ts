const STEP_SECONDS = 5;
const MOST_SECONDS = 90;
const MOST_MINUTES = 90;

/** A time that is a guess, in as many digits as a guess deserves: `about 20 s`, `about 4 min`, `about 2 h`. */
export function sayAbout(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 1.5) return "about a second";
  if (seconds < 2 * STEP_SECONDS) return `about ${Math.round(seconds)} s`;
  if (seconds < MOST_SECONDS) return `about ${Math.round(seconds / STEP_SECONDS) * STEP_SECONDS} s`;
  const minutes = seconds / 60;
  return minutes < MOST_MINUTES
    ? `about ${Math.round(minutes)} min`
    : `about ${Math.round(minutes / 60)} h`;
}
