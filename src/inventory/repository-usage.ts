import { repositoryOf } from "../oci/reference.ts";
import type { Digest } from "../oci/digest.ts";
import type { Bytes } from "./content-graph.ts";
import type { Image } from "./image.ts";
import type { Inventory } from "./inventory.ts";
import { sizeOfBlobs } from "./usage-summary.ts";

/** What the images of one repository take. */
export interface RepositoryUsage {
  /** Normalised `registry/repository`; absent for the images that have no name. */
  readonly repository?: string;
  readonly images: readonly Image[];
  /** Each blob once. */
  readonly size: Bytes;
  /**
   * Freed by removing its images, and nothing else. An image that also has a name in another repository is not only this
   * one's: it stays.
   */
  readonly exclusive: Bytes;
  /** As `exclusive`, of those of its images that `removable` names. */
  readonly removable: Bytes;
}

/**
 * Groups images by repository, largest exclusive bytes first. `freedBy` tells what the removal of some images alone frees;
 * `removable` are the images that some plan takes.
 */
export function repositoryUsage(
  inventory: Inventory,
  freedBy: (ids: Iterable<Digest>) => Bytes,
  removable: ReadonlySet<Digest>,
): readonly RepositoryUsage[] {
  const groups = new Map<string, { images: Image[]; own: Digest[] }>();
  for (const image of inventory.images) {
    const repositories = repositoriesOf(image);
    for (const repository of repositories) {
      const group = groups.get(repository) ?? { images: [], own: [] };
      groups.set(repository, group);
      group.images.push(image);
      if (repositories.size === 1) group.own.push(image.id);
    }
  }
  return [...groups]
    .map(([repository, { images, own }]) => ({
      ...(repository === "" ? {} : { repository }),
      images,
      size: sizeOfBlobs(inventory, images),
      exclusive: freedBy(own),
      removable: freedBy(own.filter((id) => removable.has(id))),
    }))
    .toSorted(byExclusive);
}

/** The repositories that an image has a name in; a digest's counts where there is no tag. `""` when there is neither. */
function repositoriesOf(image: Image): ReadonlySet<string> {
  const names = image.references.length > 0 ? image.references : image.repoDigests;
  return new Set(names.length === 0 ? [""] : names.map(repositoryOf));
}

function byExclusive(a: RepositoryUsage, b: RepositoryUsage): number {
  const byBytes = b.exclusive.bytes - a.exclusive.bytes || b.size.bytes - a.size.bytes;
  return byBytes || ((a.repository ?? "") < (b.repository ?? "") ? -1 : 1);
}
