import type { Digest } from "../../oci/digest.ts";
import type { Removal } from "../../ports/image-remover.ts";
import { EngineError } from "../engine-error.ts";

export function removed(
  parts: Partial<Pick<Removal, "deletedImages" | "deletedBlobs" | "freedBytes">> = {},
): Removal {
  return { outcome: "removed", detail: "", deletedImages: [], deletedBlobs: [], ...parts };
}

export function notRemoved(
  outcome: Exclude<Removal["outcome"], "removed">,
  detail: string,
): Removal {
  return { outcome, detail, deletedImages: [], deletedBlobs: [] };
}

/** How a removal ended that the engine answered with an error; anything but an engine's error is thrown on. */
export function removalOfError(error: unknown): Removal {
  if (!(error instanceof EngineError)) throw error;
  switch (error.kind) {
    case "not-found":
      return notRemoved("gone", error.detail);
    case "conflict":
      return notRemoved("conflict", error.detail);
    case "permission-denied":
    case "bad-request":
      return notRemoved("refused", error.detail);
    // A connection that broke leaves as much unknown as one that fell silent.
    case "timed-out":
    case "unreachable":
      return notRemoved("timed-out", error.detail);
    case "aborted":
      throw error;
    default:
      return notRemoved("failed", error.detail);
  }
}

/** The removal with what earlier steps of it had already taken away. */
export function withEarlier(removal: Removal, earlier: readonly Removal[]): Removal {
  const all = [...earlier, removal];
  const images = new Set<Digest>(all.flatMap((each) => each.deletedImages));
  const blobs = new Set(all.flatMap((each) => each.deletedBlobs));
  return { ...removal, deletedImages: [...images], deletedBlobs: [...blobs] };
}
