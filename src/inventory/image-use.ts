import type { Digest } from "../oci/digest.ts";
import { createImageLookup, type ImageLookup } from "./image-lookup.ts";
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

const RUNNING = new Set(["running", "paused", "restarting"]);

/** True for a container that has processes, or is about to have them again. */
export function isRunning(container: Pick<Container, "state">): boolean {
  return RUNNING.has(container.state);
}

/**
 * What uses each image: containers in any state by image ID, by the platform manifest they run and by the name they were
 * created from; image mounts; current and previous specifications of Swarm services. Images that nothing uses are absent.
 * The uses of an image are sorted by name.
 */
export function imageUse(inventory: Inventory): ReadonlyMap<Digest, readonly Use[]> {
  const uses = new Map<Digest, Use[]>();
  if (inventory.containers.length === 0 && inventory.services.length === 0) return uses;
  const lookup = createImageLookup(inventory, [
    ...inventory.containers.flatMap((container) => [
      ...textsOf(container),
      ...container.imageMounts,
    ]),
    ...inventory.services.flatMap(({ images }) => images),
  ]);
  const add = (imageIds: Iterable<Digest>, use: Use): void => {
    for (const imageId of new Set(imageIds)) {
      const known = uses.get(imageId);
      if (known) known.push(use);
      else uses.set(imageId, [use]);
    }
  };
  for (const container of inventory.containers.toSorted(byName)) {
    const { id, name, state } = container;
    add(imagesOfContainer(container, lookup), { kind: "container", id, name, state });
    for (const mount of container.imageMounts)
      add(imagesOfMount(mount, inventory, lookup), { kind: "mount", id, name, state });
  }
  for (const service of inventory.services.toSorted(byName)) {
    const { id, name } = service;
    add(service.images.flatMap(lookup), { kind: "service", id, name, state: "" });
  }
  return uses;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

function byName(a: Named, b: Named): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1;
}

function textsOf(container: Container): readonly string[] {
  return [container.imageId, container.manifestDigest ?? "", container.image];
}

/**
 * By ID and by name: Podman goes on showing the name a container was created from when that name has moved to another
 * image, and starting such a container again by its name would want that one.
 */
function imagesOfContainer(container: Container, lookup: ImageLookup): readonly Digest[] {
  return textsOf(container).flatMap(lookup);
}

/** A mount bears what was typed: an ID may be shorter there than engines ever print one. */
function imagesOfMount(
  mount: string,
  { images }: Inventory,
  lookup: ImageLookup,
): readonly Digest[] {
  const found = lookup(mount);
  if (found.length > 0 || !/^(?:sha256:)?[a-f0-9]{1,11}$/.test(mount)) return found;
  const prefix = mount.startsWith("sha256:") ? mount : `sha256:${mount}`;
  return images.flatMap(({ id }) => (id.startsWith(prefix) ? [id] : []));
}
