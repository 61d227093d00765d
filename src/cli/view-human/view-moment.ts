/** A moment for people, to the second: `2026-11-21 13:03:05 UTC`. Takes RFC 3339 in UTC. */
export function formatMoment(time: string): string {
  return time.replace(/^(.{10})T(.{8})(?:\.\d+)?Z$/, "$1 $2 UTC");
}
