import type { Inventory } from "../inventory/inventory.ts";
import { repositoryOf } from "../oci/reference.ts";
import type { Action } from "./plan.ts";

/** Repositories that have tags and would have none left, sorted. On an engine only those of several images count. */
export function emptiedRepositories(
  { images, target }: Inventory,
  actions: readonly Action[],
): readonly string[] {
  const leaving = new Set(actions.flatMap(({ references }) => references));
  const repositories = new Map<string, { readonly images: Set<string>; keepsName: boolean }>();
  for (const { id, references } of images) {
    for (const reference of references) {
      const name = repositoryOf(reference);
      const known = repositories.get(name) ?? { images: new Set<string>(), keepsName: false };
      repositories.set(name, known);
      known.images.add(id);
      known.keepsName ||= !leaving.has(reference);
    }
  }
  const least = target.kind === "engine" ? 2 : 1;
  return [...repositories]
    .filter(([, found]) => !found.keepsName && found.images.size >= least)
    .map(([name]) => name)
    .toSorted();
}
