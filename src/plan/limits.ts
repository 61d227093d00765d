import type { Inventory } from "../inventory/inventory.ts";
import { familiarName } from "../oci/reference.ts";
import { formatSize } from "../policy/size.ts";
import type { Policy } from "../policy/policy.ts";
import { emptiedRepositories } from "./emptied-repositories.ts";
import type { Action, ExceededLimit } from "./plan.ts";

/** The brakes that this plan would run into. */
export function exceededLimits(
  inventory: Inventory,
  policy: Pick<Policy, "limits">,
  planned: {
    readonly images: number;
    readonly freesBytes: number;
    readonly actions: readonly Action[];
  },
): readonly ExceededLimit[] {
  const exceeded: ExceededLimit[] = [];
  const limits = policy.limits ?? {};
  const present = inventory.images.length;
  const { images, freesBytes } = planned;
  if (!isWholeElsewhere(inventory)) {
    exceeded.push({
      limit: "incomplete",
      detail: `not everything could be read: ${inventory.problems.join("; ")}`,
    });
  }
  if (limits.imageShare !== undefined && present > 0 && images / present > limits.imageShare) {
    const share = Math.round((100 * images) / present);
    exceeded.push({
      limit: "images",
      detail: `${share} % of all images would go, the limit is ${Math.round(limits.imageShare * 100)} %`,
    });
  }
  if (limits.imageCount !== undefined && images > limits.imageCount) {
    exceeded.push({
      limit: "images",
      detail: `${images} images would go, the limit is ${limits.imageCount}`,
    });
  }
  if (limits.bytes !== undefined && freesBytes > limits.bytes) {
    exceeded.push({
      limit: "bytes",
      detail: `${formatSize(freesBytes)} would go, the limit is ${formatSize(limits.bytes)}`,
    });
  }
  const emptied =
    limits.wholeRepositories === "stop" ? emptiedRepositories(inventory, planned.actions) : [];
  if (emptied.length > 0) {
    const named = emptied.slice(0, 3).map(familiarName).join(", ");
    const rest = emptied.length > 3 ? ` and ${emptied.length - 3} more` : "";
    exceeded.push({ limit: "repository", detail: `nothing would be left in ${named}${rest}` });
  }
  return exceeded;
}

/** Manifests stand on others of their own repository alone: one that could not be read says nothing of the others. */
function isWholeElsewhere({ complete, unread }: Inventory): boolean {
  return complete || (unread.length > 0 && unread.every((part) => part === "repositories"));
}
