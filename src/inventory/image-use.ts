import type { Digest } from "../oci/digest.ts";
import { formatReference, parseReference } from "../oci/reference.ts";
import type { Inventory } from "./inventory.ts";
import type { Container } from "./resources.ts";

/** One thing that needs an image. */
export interface Use {
  readonly kind: "container" | "mount" | "service";
  readonly id: string;
  readonly name: string;
  /** Container state; empty for services. */
  readonly state: string;
}

const STOPPED = new Set(["created", "exited", "dead"]);

/** True for a container that is not running and not on its way to or from it; an unknown state is not stopped. */
export function isStopped(container: Pick<Container, "state">): boolean {
  return STOPPED.has(container.state);
}

/**
 * What uses each image: containers in any state by image ID, by the platform manifest they run and by the name they were
 * created from; image mounts; current and previous specifications of Swarm services. Images that nothing uses are absent.
 */
export function imageUse(inventory: Inventory): ReadonlyMap<Digest, readonly Use[]> {
  const uses = new Map<Digest, Use[]>();
  if (inventory.containers.length === 0 && inventory.services.length === 0) return uses;
  const lookup = createImageLookup(inventory);
  const add = (imageIds: Iterable<Digest>, use: Use): void => {
    for (const imageId of new Set(imageIds)) {
      const known = uses.get(imageId);
      if (known) known.push(use);
      else uses.set(imageId, [use]);
    }
  };
  for (const container of inventory.containers) {
    const { id, name, state } = container;
    add(imagesOfContainer(container, lookup), { kind: "container", id, name, state });
    for (const mount of container.imageMounts) add(lookup(mount), { kind: "mount", id, name, state });
  }
  for (const service of inventory.services) {
    const { id, name } = service;
    add(service.images.flatMap(lookup), { kind: "service", id, name, state: "" });
  }
  return uses;
}

/** By ID first; the name counts only where the ID is not in the inventory (the engine shows an ID once a name moved). */
function imagesOfContainer(container: Container, lookup: ImageLookup): readonly Digest[] {
  const byId = [...lookup(container.imageId), ...lookup(container.manifestDigest ?? "")];
  return byId.length > 0 ? byId : lookup(container.image);
}

/** The images that a text means: an ID, a name, a `repository@digest`, or an index by one of its manifests. */
export type ImageLookup = (text: string) => readonly Digest[];

export function createImageLookup(inventory: Inventory): ImageLookup {
  const byKey = new Map<string, Digest[]>();
  const put = (key: string, id: Digest): void => {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, [id]);
    else if (!known.includes(id)) known.push(id);
  };
  for (const image of inventory.images) {
    put(image.id, image.id);
    for (const reference of image.references) put(reference, image.id);
    for (const name of image.repoDigests) {
      put(name, image.id);
      put(name.slice(name.indexOf("@") + 1), image.id);
    }
    for (const child of image.children ?? []) put(child, image.id);
  }
  const shortIds = new Map<string, Digest[]>();
  return (text) => {
    if (text === "") return [];
    const direct = byKey.get(text) ?? byKey.get(`sha256:${text}`);
    if (direct) return direct;
    if (/^(?:sha256:)?[a-f0-9]{12,63}$/.test(text)) {
      const hex = text.replace(/^sha256:/, "");
      if (shortIds.size === 0) {
        for (const image of inventory.images) {
          const key = image.id.slice(7, 19);
          shortIds.set(key, [...(shortIds.get(key) ?? []), image.id]);
        }
      }
      const matches = (shortIds.get(hex.slice(0, 12)) ?? []).filter((id) => id.startsWith(`sha256:${hex}`));
      if (matches.length > 0) return matches;
    }
    const reference = parseReference(text);
    if ("kind" in reference) return [];
    const { tag: _tag, ...withoutTag } = reference;
    const names = reference.digest === undefined ? [formatReference(reference)] : [formatReference(withoutTag), reference.digest];
    return names.flatMap((name) => byKey.get(name) ?? []);
  };
}
