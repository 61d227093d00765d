import type { Image } from "../inventory/image.ts";
import type { PullEvidence } from "../ports/pull-log.ts";

/**
 * When each image of a registry was pulled last, by ID. Pulling a manifest that an index lists uses the index too: clients
 * fetch the index by its tag, and mirrors may have it already.
 */
export function lastPulls(
  images: readonly Image[],
  { lastPulledAt }: PullEvidence,
): ReadonlyMap<string, string> {
  const latest = new Map(lastPulledAt);
  const holders = new Map<string, string[]>();
  for (const { id, children = [] } of images)
    for (const child of children) holders.set(child, [...(holders.get(child) ?? []), id]);
  const waiting = [...lastPulledAt.keys()];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    const at = latest.get(id);
    for (const holder of holders.get(id) ?? []) {
      const known = latest.get(holder);
      if (at === undefined || (known !== undefined && Date.parse(known) >= Date.parse(at)))
        continue;
      latest.set(holder, at);
      waiting.push(holder);
    }
  }
  return latest;
}

/** Nothing counts as unused for longer than both it and the pulls of its registry were watched. */
export function watchedSince(
  firstSeenAt: string,
  evidence: PullEvidence | undefined,
): string | undefined {
  if (evidence === undefined) return undefined;
  return Date.parse(evidence.since) > Date.parse(firstSeenAt) ? evidence.since : firstSeenAt;
}
