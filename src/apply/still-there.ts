import type { Action } from "../plan/plan.ts";
import type { Looker } from "./recheck.ts";

/** Whether what an action removes exists; undefined where there is no way to look. Rejects when the look fails. */
export async function isStillThere(action: Action, looker: Looker): Promise<boolean | undefined> {
  switch (action.kind) {
    case "delete-image":
      return (await looker.currentImage(action.subject)) !== undefined;
    case "untag":
      return (await looker.resolveReference(action.subject)) === action.imageId;
    case "remove-container":
      return (await looker.currentContainer(action.subject)) !== undefined;
    case "remove-volume":
      return (await looker.currentVolume(action.subject)) !== undefined;
    case "remove-network":
      return (await looker.currentNetwork(action.subject)) !== undefined;
    case "prune-build-cache":
      return undefined;
    default:
      return action.kind satisfies never;
  }
}
