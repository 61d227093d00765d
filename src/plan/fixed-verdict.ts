import type { Image } from "../inventory/image.ts";
import type { Inventory, Target } from "../inventory/inventory.ts";
import { isReferrersName } from "../oci/referrers-tag.ts";
import { heldReason } from "./foreign-use.ts";
import type { ImageFacts } from "./image-facts.ts";
import { RULES, sayUses, type Reason } from "./reason.ts";
import type { Verdict } from "./verdict.ts";

/** What no rule can change, and what is left to the image's neighbours. */
export function fixedVerdict(
  image: Image,
  position: number,
  facts: ImageFacts,
  kind: Target["kind"],
  hidden: string | undefined,
  isProtected: boolean,
): Extract<Verdict, { kind: "keep" | "follow" }> | undefined {
  const uses = facts.usesAt.get(position) ?? [];
  const reasons: Reason[] = [];
  if (uses.length > 0) reasons.push({ rule: RULES.inUse, detail: sayUses(uses) });
  const elsewhere = facts.usedElsewhere.at.get(position);
  if (elsewhere !== undefined) reasons.push(heldReason(elsewhere));
  if (isProtected) reasons.push({ rule: RULES.protected, detail: "the policy protects it" });
  if (image.unreadable !== undefined)
    reasons.push({ rule: RULES.unreadable, detail: image.unreadable });
  if (image.locked !== undefined) reasons.push({ rule: RULES.locked, detail: image.locked });
  const mayBePart = facts.mayBePart.get(position);
  if (mayBePart !== undefined) reasons.push({ rule: RULES.unreadable, detail: mayBePart });
  const withheld = facts.withheld.size === 0 ? undefined : facts.withheld.get(image.id);
  if (withheld !== undefined) reasons.push({ rule: RULES.noWayBack, detail: withheld });
  const unknown = hidden ?? facts.usedElsewhere.unknown;
  if (unknown !== undefined) reasons.push({ rule: RULES.usageUnknown, detail: unknown });
  if (reasons.length > 0) return { kind: "keep", reasons, evictable: false, untag: [] };
  return isPartOfOthers(position, facts, kind) ? { kind: "follow" } : undefined;
}

/** Whether an image is there for others only: the unnamed step of a build, a manifest of an index, an attachment. */
export function isPartOfOthers(
  position: number,
  facts: Pick<ImageFacts, "images" | "heldBy">,
  kind: Target["kind"],
): boolean {
  const image = facts.images[position];
  return image !== undefined && facts.heldBy.has(position) && isNameless(image, kind);
}

/**
 * Known by no tag and, on an engine, by no digest: what somebody pulled by its digest is no part of another image.
 * Elsewhere everything is known by its digest, and a tag by which only a subject's attachments are found is no name.
 */
export function isNameless(image: Image, kind: Target["kind"]): boolean {
  const { references, repoDigests, subject } = image;
  if (kind === "engine") return references.length === 0 && repoDigests.length === 0;
  return references.length === 0 || (subject !== undefined && references.every(isReferrersName));
}

/** Why it cannot be told what is in use. Where not all of what could use an image was read, every image may be in use. */
export function usageUnknown(inventory: Inventory): string | undefined {
  const unread = inventory.unread.filter((part) => part === "containers" || part === "services");
  return unread.length === 0
    ? undefined
    : `it cannot be told what uses it: the ${unread.join(" and ")} could not be read`;
}
