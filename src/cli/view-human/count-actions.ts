import type { Action, ActionKind } from "../../plan/plan.ts";
import { count } from "./view-bytes.ts";

const NOUNS: Readonly<Record<ActionKind, readonly [one: string, many: string]>> = {
  "delete-image": ["image", "images"],
  untag: ["name", "names"],
  "remove-container": ["container", "containers"],
  "remove-volume": ["volume", "volumes"],
  "remove-network": ["network", "networks"],
  "prune-build-cache": ["build-cache record", "build-cache records"],
};

/** `3 images, 1 container`. */
export function countActions(actions: readonly Pick<Action, "kind">[]): string {
  const amounts = new Map<ActionKind, number>();
  for (const { kind } of actions) amounts.set(kind, (amounts.get(kind) ?? 0) + 1);
  return [...amounts].map(([kind, amount]) => count(amount, ...NOUNS[kind])).join(", ");
}
