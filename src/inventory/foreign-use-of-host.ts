import type { Digest } from "../oci/digest.ts";
import type { ForeignHost, ForeignUser } from "./foreign-use.ts";
import type { Image } from "./image.ts";
import { imageUse, type Use } from "./image-use.ts";
import type { Inventory, Unread } from "./inventory.ts";
import type { Container } from "./resources.ts";
import { digestIn, UseBook } from "./use-book.ts";

/** What could be using an image unseen while it is unread. */
const TELLING: readonly Unread[] = ["images", "containers", "services"];

/**
 * Everything by which a registry could know what a host holds and uses: digests that images were pulled by, their own IDs (a
 * manifest in the containerd store, a configuration elsewhere), what containers run although its image has lost its name,
 * and what current and previous specifications of services name.
 */
export function foreignUseOfHost(name: string, inventory: Inventory): ForeignHost {
  const book = new UseBook();
  const uses = imageUse(inventory);
  for (const image of inventory.images) {
    const users = (uses.get(image.id) ?? []).map(userOf);
    for (const digest of digestsOf(image)) book.hold(digest, users);
  }
  for (const container of inventory.containers) {
    const user: ForeignUser = { kind: "container", name: container.name, state: container.state };
    for (const digest of digestsOfContainer(container)) book.hold(digest, [user]);
    for (const mount of container.imageMounts) {
      const digest = digestIn(mount);
      if (digest !== undefined) book.hold(digest, [{ ...user, kind: "mount" }]);
    }
  }
  for (const service of inventory.services) {
    const user: ForeignUser = { kind: "service", name: service.name, state: "" };
    for (const text of service.images) book.holdReference(text, user);
  }
  const complete = !TELLING.some((part) => inventory.unread.includes(part));
  const swarm = inventory.engine?.swarm;
  const host = book.toHost(name, complete, inventory.problems);
  return swarm === undefined ? host : { ...host, swarm };
}

function digestsOf({ id, repoDigests, children = [] }: Image): readonly Digest[] {
  return [id, ...repoDigests.flatMap((name) => digestIn(name) ?? []), ...children];
}

function digestsOfContainer({ imageId, manifestDigest, image }: Container): readonly Digest[] {
  const named = digestIn(image);
  return [
    imageId,
    ...(manifestDigest === undefined ? [] : [manifestDigest]),
    ...(named === undefined ? [] : [named]),
  ];
}

function userOf({ kind, name, state }: Use): ForeignUser {
  return { kind, name, state };
}
