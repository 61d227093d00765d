import type { Inventory } from "../inventory/inventory.ts";
import { formatSize } from "../policy/size.ts";

/** What may hold a blob that the inventory names no holder for. */
const UNNAMED_HOLDER: Readonly<Record<Inventory["target"]["kind"], string>> = {
  engine:
    "something the engine does not name (build cache, a container, a build or pull under way)",
  layout: "its age (what is younger than the grace period goes in a later run)",
  registry: "the registry, until its next garbage collection",
};
/** Enough to look one up by hand. */
const MOST_KEYS = 3;

/** One sentence for each holder of blobs that stayed although every image on them went. */
export function describeStayed(stayed: readonly string[], inventory: Inventory): readonly string[] {
  const byHolder = new Map<string, string[]>();
  for (const key of stayed) {
    const holder = inventory.heldBlobs[key] ?? UNNAMED_HOLDER[inventory.target.kind];
    const keys = byHolder.get(holder);
    if (keys) keys.push(key);
    else byHolder.set(holder, [key]);
  }
  return [...byHolder].flatMap(([holder, keys]) => {
    const bytes = keys.reduce((sum, key) => sum + (inventory.blobs[key] ?? 0), 0);
    if (bytes === 0) return [];
    const named = keys.slice(0, MOST_KEYS).join(", ");
    const more = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : "";
    return [`${formatSize(bytes)} stayed, kept by ${holder}: ${named}${more}`];
  });
}
