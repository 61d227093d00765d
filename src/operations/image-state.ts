import type { ForeignUser } from "../inventory/foreign-use.ts";
import type { Image } from "../inventory/image.ts";
import { isStopped, type Use } from "../inventory/image-use.ts";
import type { Held } from "../plan/foreign-use.ts";
import type { Neighbourhood } from "../plan/neighbourhood.ts";
import { isIntermediate } from "../plan/removal-effect.ts";

/**
 * Uses on other hosts as if they were here: a pod runs or is about to, and what would start an image again counts as a
 * service does.
 */
export function usesElsewhere(held: readonly Held[]): readonly Use[] {
  return held.flatMap(({ users }) =>
    users.map(({ kind, name, state }) => ({ kind: likeKind(kind), id: "", name, state })),
  );
}

function likeKind(kind: ForeignUser["kind"]): Use["kind"] {
  switch (kind) {
    case "container":
    case "pod":
      return "container";
    case "mount":
      return "mount";
    default:
      return "service";
  }
}

export type ImageState = "running" | "stopped" | "unused" | "dangling" | "intermediate";

/** What is shown of an image in one word: the strongest of what is true. A service counts as running. */
export function stateOf(image: Image, uses: readonly Use[], facts: Neighbourhood): ImageState {
  if (uses.length > 0) {
    return uses.some((use) => use.kind === "service" || !isStopped(use)) ? "running" : "stopped";
  }
  if (isIntermediate(image, facts)) return "intermediate";
  return facts.isDangling(image) ? "dangling" : "unused";
}
