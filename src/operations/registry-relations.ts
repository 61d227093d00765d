import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Digest } from "../oci/digest.ts";
import type { Action, Plan } from "../plan/plan.ts";

/** Repositories that are worth asking for a blob. */
const MOST_REPOSITORIES = 3;

/** What of a registry's plan hangs together. */
export interface RegistryRelations {
  /**
   * What goes with an image, by its own action later or at once: manifests that it lists, and what is attached to any of
   * them. Some registries delete these along with it.
   */
  goesAlong(action: Action): readonly Action[];
  /** By the digest of a blob that the image stands on: other repositories that have it. */
  alsoIn(image: Image): Readonly<Record<Digest, readonly string[]>>;
}

export function registryRelations(plan: Plan, { images }: Inventory): RegistryRelations {
  const going = new Map(
    plan.actions.flatMap((action) =>
      action.kind === "delete-image" ? [[action.subject, action] as const] : [],
    ),
  );
  const byId = new Map<string, Image>();
  const attached = new Map<string, string[]>();
  const wanted = new Set<string>();
  for (const image of images) {
    if (!going.has(image.id)) continue;
    byId.set(image.id, image);
    for (const blob of image.blobs) wanted.add(blob);
    if (image.subject === undefined) continue;
    attached.set(image.subject, [...(attached.get(image.subject) ?? []), image.id]);
  }
  let places: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  return {
    goesAlong({ subject }) {
      const reached = new Set<string>();
      const waiting = [subject];
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (reached.has(id)) continue;
        reached.add(id);
        waiting.push(...(byId.get(id)?.children ?? []), ...(attached.get(id) ?? []));
      }
      reached.delete(subject);
      return [...reached].flatMap((id) => going.get(id) ?? []);
    },
    alsoIn({ id, blobs }) {
      places ??= placesOf(images, wanted, (each) => going.has(each));
      const own = repositoryOf(id);
      const found = blobs.flatMap((blob) => {
        const others = [...(places?.get(blob) ?? [])].filter((each) => each !== own);
        return others.length === 0 ? [] : [[blob, others.slice(0, MOST_REPOSITORIES)] as const];
      });
      return Object.fromEntries(found);
    },
  };
}

/** Where blobs are, first where they stay. */
function placesOf(
  images: readonly Image[],
  wanted: ReadonlySet<string>,
  isGoing: (id: string) => boolean,
): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  const staying = images.filter(({ id }) => !isGoing(id));
  const leaving = images.filter(({ id }) => isGoing(id));
  for (const { id, blobs } of [...staying, ...leaving]) {
    const repository = repositoryOf(id);
    for (const blob of blobs) {
      if (!wanted.has(blob)) continue;
      const known = places.get(blob);
      if (known === undefined) places.set(blob, new Set([repository]));
      else if (known.size <= MOST_REPOSITORIES) known.add(repository);
    }
  }
  return places;
}

function repositoryOf(id: string): string {
  return id.slice(0, id.lastIndexOf("@"));
}
