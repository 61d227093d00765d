import type { Image } from "../inventory/image.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { familiarName, repositoryOf } from "../oci/reference.ts";

/**
 * Images of a registry that may belong to what could not be read, by position, each with that in words. Which manifests an
 * index lists is known from the index alone: while one of a repository is unread, nothing there is known to stand alone.
 * Elsewhere what an image belongs to is known without reading the other.
 */
export function partsOfUnread({ target, unread, images }: Inventory): ReadonlyMap<number, string> {
  const parts = new Map<number, string>();
  if (target.kind !== "registry") return parts;
  const isListUnread = unread.includes("images");
  const unreadIn = new Map<string, string>();
  // By ID: which one is told of several does not depend on the order of the list.
  const allUnread = images
    .filter(({ unreadable }) => unreadable !== undefined)
    .toSorted((a, b) => (a.id < b.id ? 1 : -1));
  for (const image of allUnread)
    for (const repository of repositoriesOf(image)) unreadIn.set(repository, nameOf(image));
  const anyUnread = allUnread.at(-1);
  if (!isListUnread && anyUnread === undefined) return parts;
  images.forEach((image, position) => {
    if (image.unreadable !== undefined) return;
    const repositories = repositoriesOf(image);
    const unreadHere = repositories.map((each) => unreadIn.get(each)).find((name) => name);
    const holder =
      repositories.length === 0 && anyUnread !== undefined ? nameOf(anyUnread) : unreadHere;
    if (isListUnread) parts.set(position, "not all images could be read, and it may belong to one");
    else if (holder !== undefined)
      parts.set(position, `it may belong to ${holder}, which could not be read`);
  });
  return parts;
}

function repositoriesOf({ references, repoDigests }: Image): readonly string[] {
  return [...references, ...repoDigests].map(repositoryOf);
}

function nameOf({ references: [name], id }: Image): string {
  return name === undefined ? id : familiarName(name);
}
