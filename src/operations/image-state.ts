import type { Image } from "../inventory/image.ts";
import { isStopped, type Use } from "../inventory/image-use.ts";
import type { Neighbourhood } from "../plan/neighbourhood.ts";
import { isIntermediate } from "../plan/removal-effect.ts";

export type ImageState = "running" | "stopped" | "unused" | "dangling" | "intermediate";

/** What is shown of an image in one word: the strongest of what is true. A service counts as running. */
export function stateOf(image: Image, uses: readonly Use[], facts: Neighbourhood): ImageState {
  if (uses.length > 0) {
    return uses.some((use) => use.kind === "service" || !isStopped(use)) ? "running" : "stopped";
  }
  if (isIntermediate(image, facts)) return "intermediate";
  return facts.isDangling(image) ? "dangling" : "unused";
}
