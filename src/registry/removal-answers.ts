import type { Digest } from "../oci/digest.ts";
import type { Removal } from "../ports/image-remover.ts";
import { RegistryError } from "./registry-error.ts";

/** What a registry refuses is an outcome; so is silence, of which nobody knows what became. */
export async function answered(ask: () => Promise<Removal>): Promise<Removal> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    switch (error.kind) {
      case "unsupported":
        return notRemoved(
          "refused",
          `the registry does not allow that (HTTP ${error.status}); on distribution set storage.delete.enabled: true in its configuration, or REGISTRY_STORAGE_DELETE_ENABLED=true`,
        );
      case "unauthorized":
      case "forbidden":
      case "protocol":
        return notRemoved("refused", error.detail);
      case "timed-out":
      case "unreachable":
        return notRemoved("timed-out", error.detail);
      default:
        return notRemoved("failed", error.detail);
    }
  }
}

export function removed(deletedImages: readonly Digest[]): Removal {
  return { outcome: "removed", detail: "", deletedImages, deletedBlobs: [] };
}

export function notRemoved(
  outcome: Exclude<Removal["outcome"], "removed">,
  detail: string,
): Removal {
  return { outcome, detail, deletedImages: [], deletedBlobs: [] };
}

export function notInARegistry(what: string): Removal {
  return notRemoved("refused", `a registry has no ${what}`);
}
