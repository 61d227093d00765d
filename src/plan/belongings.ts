import type { Inventory } from "../inventory/inventory.ts";
import type { Action } from "./plan.ts";

/**
 * What a layout lists without a name, and what goes because something else does, comes back as that does: signatures and
 * other attachments of an image that goes into the bin, and manifests that its index lists.
 */
export function withBelongings(
  actions: readonly Action[],
  { target, images }: Pick<Inventory, "target" | "images">,
): readonly Action[] {
  if (target.kind !== "layout") return actions;
  const ownersOf = new Map<string, string[]>();
  const own = (belonging: string, owner: string): void => {
    ownersOf.set(belonging, [...(ownersOf.get(belonging) ?? []), owner]);
  };
  for (const { id, subject, children = [] } of images) {
    if (subject !== undefined) own(id, subject);
    for (const child of children) own(child, id);
  }
  const archived = new Set(
    actions.flatMap(({ subject, recovery: { way } }) => (way === "archive" ? [subject] : [])),
  );
  const waiting = new Set(
    actions.flatMap(({ subject, references, recovery: { way } }) =>
      way === "record" && references.length === 0 ? [subject] : [],
    ),
  );
  // Attachments may have attachments.
  for (let found = true; found;) {
    found = false;
    for (const id of waiting) {
      if (ownersOf.get(id)?.some((owner) => archived.has(owner)) !== true) continue;
      archived.add(id);
      waiting.delete(id);
      found = true;
    }
  }
  return actions.map((action): Action =>
    action.recovery.way === "record" && archived.has(action.subject)
      ? { ...action, recovery: { way: "archive", detail: TOGETHER } }
      : action,
  );
}

const TOGETHER = "put into the recovery bin with what it belongs to";
