import type { Inventory } from "../inventory/inventory.ts";
import { formatSize } from "../policy/size.ts";

const UNKNOWN_HOLDER =
  "something the target does not name (build cache, a container, a build or pull in progress)";
/** Enough to look one up by hand. */
const MOST_KEYS = 3;

/** One sentence for each holder of blobs that stayed although every image on them went. */
export function describeStayed(stayed: readonly string[], inventory: Inventory): readonly string[] {
  const byHolder = new Map<string, string[]>();
  for (const key of stayed) {
    const holder = inventory.heldBlobs[key] ?? UNKNOWN_HOLDER;
    const keys = byHolder.get(holder);
    if (keys) keys.push(key);
    else byHolder.set(holder, [key]);
  }
  return [...byHolder].flatMap(([holder, keys]) => {
    const bytes = keys.reduce((sum, key) => sum + (inventory.blobs[key] ?? 0), 0);
    if (bytes === 0) return [];
    const named = keys.slice(0, MOST_KEYS).join(", ");
    const more = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : "";
    return [`${formatSize(bytes)} stayed, held by ${holder}: ${named}${more}`];
  });
}
