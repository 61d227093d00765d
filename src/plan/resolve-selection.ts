import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { resolveImage } from "../inventory/resolve-image.ts";
import type { Digest } from "../oci/digest.ts";
import { repositoryOf } from "../oci/reference.ts";
import { compileReferencePattern, splitName } from "../policy/name-pattern.ts";

/** What patterns mean among the images of an inventory. */
export interface NamedImages {
  /** Images named by ID, or by every name they have. */
  readonly whole: ReadonlyMap<Digest, "id" | "names">;
  /** Names of images that have others besides. */
  readonly names: ReadonlyMap<Digest, readonly string[]>;
  /** Patterns that no image answers to. */
  readonly unmatched: readonly string[];
  /** Short IDs that several images answer to: nothing is done for these. */
  readonly ambiguous: readonly { readonly pattern: string; readonly imageIds: readonly Digest[] }[];
}

/** Resolves IDs and names as engines do, and globs (`app:1.*`, `team/**`) on names. */
export function resolveSelection(inventory: Inventory, patterns: readonly string[]): NamedImages {
  const byId = new Set<Digest>();
  const chosenNames = new Map<Digest, Set<string>>();
  const unmatched: string[] = [];
  const ambiguous: { pattern: string; imageIds: readonly Digest[] }[] = [];
  const choose = (id: Digest, name: string): void => {
    const known = chosenNames.get(id);
    if (known) known.add(name);
    else chosenNames.set(id, new Set([name]));
  };
  for (const pattern of patterns) {
    if (isPattern(pattern)) {
      const matches = compileReferencePattern(pattern);
      const hits = inventory.images.flatMap((image) =>
        image.references
          .filter((name) => matches(splitName(name)))
          .map((name) => ({ id: image.id, name })),
      );
      for (const { id, name } of hits) choose(id, name);
      if (hits.length === 0) unmatched.push(pattern);
      continue;
    }
    const found = resolveImage(inventory.images, pattern);
    if (found.kind === "not-found") unmatched.push(pattern);
    else if (found.kind === "ambiguous")
      ambiguous.push({ pattern, imageIds: found.images.map(({ id }) => id) });
    else {
      const { image, name } = found;
      const chosen = name === undefined ? [] : namesMeant(name, image.references);
      for (const each of chosen) choose(image.id, each);
      if (chosen.length > 0) continue;
      if (name === undefined || isOnlyIn(repositoryOf(name), image)) byId.add(image.id);
      else unmatched.push(pattern);
    }
  }
  const whole = new Map<Digest, "id" | "names">([...byId].map((id) => [id, "id"]));
  const names = new Map<Digest, readonly string[]>();
  for (const image of inventory.images) {
    const chosen = chosenNames.get(image.id);
    if (chosen === undefined || whole.has(image.id)) continue;
    if (chosen.size === image.references.length) whole.set(image.id, "names");
    else names.set(image.id, [...chosen].toSorted());
  }
  return { whole, names, unmatched, ambiguous };
}

/** Whether it stands for whatever it matches, and not for one image. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** A name with a digest means all the names that the image has in that repository, and none in another. */
function namesMeant(name: string, references: readonly string[]): readonly string[] {
  if (!name.includes("@")) return references.filter((reference) => reference === name);
  return references.filter((reference) => repositoryOf(reference) === repositoryOf(name));
}

/** True where no other repository knows the image: otherwise its last name there is no name for the image. */
function isOnlyIn(repository: string, { references, repoDigests }: Image): boolean {
  return [...references, ...repoDigests].every((each) => repositoryOf(each) === repository);
}
